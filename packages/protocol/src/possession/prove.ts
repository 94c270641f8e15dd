import type { PrivateKey, Signer } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { readProofOfPossession } from './read.js';
import type { ProofOfPossession } from './types.js';

export interface ProvePossessionOptions {
  /** The issuer name of the authority, as configured: not what it says of itself. */
  readonly authority: string;
  /** As received from the authority. Signed only as one member among others, under a context of its own, and only where it is 32 bytes in base64url. */
  readonly challenge: string;
  /** RFC 7638 thumbprint of the key. Default: that of `key`, which only a `Signer` may not know. */
  readonly keyThumbprint?: string;
  /** How long the proof counts, seconds; at most 300. Default 60. */
  readonly ttlSeconds?: number;
  readonly clock?: Clock;
}

const FORMAT: StatementFormat<ProofOfPossession> = {
  what: 'The proof of possession',
  context: 'proof-of-possession',
  read: readProofOfPossession,
};

/**
 * Proves to an authority that one holds a key, by signing its challenge under the context `proof-of-possession`.
 *
 * Throws `ConfigurationError`: `option_missing` where the key's thumbprint is not known, `option_invalid` for a value that no verifier would accept.
 */
export async function provePossession(
  options: ProvePossessionOptions,
  key: PrivateKey | Signer,
): Promise<ProofOfPossession> {
  const { authority, challenge, ttlSeconds = 60, clock = systemClock } = options;
  const { keyThumbprint = key.publicKey?.thumbprint } = options;
  if (keyThumbprint === undefined) {
    throw new ConfigurationError('option_missing', 'The signer does not say which key it holds: give keyThumbprint.');
  }
  const expires_at = formatTimestamp(clock() + ttlSeconds * 1000);
  // Read before it is signed: what an authority hands out in place of a challenge gets no signature at all.
  const draft = { authority, challenge, key_thumbprint: keyThumbprint, expires_at };
  return runAsync(signStatement(FORMAT, draft, key));
}
