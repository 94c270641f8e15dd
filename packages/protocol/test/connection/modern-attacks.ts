/** Attacks on connections without a handshake. Each rejects if the attack gets through. */
export const MODERN_ATTACKS: Readonly<Record<string, () => Promise<void>>> = {};
