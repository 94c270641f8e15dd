import type { ReplayEntry } from '../../src/index.js';

/** Some whole second; stores start here. */
export const START = 1_767_225_600_000;
export const WINDOW_MS = 300_000;

/** A nonce of its own for each number. */
export function nonce(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** An entry dated one minute after {@link START}, with some members replaced. */
export function entry(changes: Partial<ReplayEntry> = {}): ReplayEntry {
  return {
    revision: '1.0',
    passportId: 'asp_00000000000000000000000000000001',
    keyThumbprint: 'thumbprint-1',
    nonce: nonce(1),
    expiresAtMs: START + 60_000 + WINDOW_MS,
    pool: 'authority',
    ...changes,
  };
}

/** An entry of the numbered identity. */
export function of(identity: number, changes: Partial<ReplayEntry> = {}): ReplayEntry {
  const passportId = `asp_${nonce(identity)}`;
  return entry({ passportId, keyThumbprint: `thumbprint-${identity}`, ...changes });
}
