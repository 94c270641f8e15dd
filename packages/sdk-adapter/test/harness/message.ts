/** A JSON-RPC message as an attacker sees it: parsed JSON, nothing known of it. */

export type Wire = any;

const ENVELOPE = 'dev.mcps/envelope';

/** The container that carries the envelope in the meta form. */
function slotOf(message: Wire): Wire {
  if (message.method !== undefined) return message.params?._meta;
  if (message.result !== undefined) return message.result._meta;
  return message.error?.data;
}

export function isSigned(message: Wire): boolean {
  return slotOf(message)?.[ENVELOPE] !== undefined;
}

/** Everything of ours removed: what a peer that knows nothing of MCPS would have sent. */
export function stripped(message: Wire): Wire {
  const copy = structuredClone(message);
  const slot = slotOf(copy);
  if (slot !== undefined) for (const key of Object.keys(slot)) if (key.startsWith('dev.mcps/')) delete slot[key];
  const capabilities = copy.params?.capabilities ?? copy.result?.capabilities;
  if (capabilities?.extensions !== undefined) delete capabilities.extensions['dev.mcps/secure'];
  return copy;
}

export const clone = (message: Wire): Wire => structuredClone(message);
