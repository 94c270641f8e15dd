import type { PublicKey } from '@mcps/crypto';
import { decodeSignature } from '../envelope/decode-signature.js';
import { McpsError } from '../errors/index.js';
import { runAsync, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import type { Envelope } from '../revision/index.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import { signingInput } from './signing-input.js';
import type { SessionHeaderClaims, VerifiedSessionHeader } from './types.js';

export interface VerifySessionHeaderOptions {
  /** The key of the passport that the session is pinned to. */
  readonly publicKey: PublicKey;
  /** Refuse signatures that are not in low-S form. Default: false. */
  readonly requireLowS?: boolean;
}

/**
 * Verifies that whoever holds `publicKey` signed this very request. Not verified: that the passport id belongs to that key, that the header is fresh, and that it
 * is no repetition; a `Connection` sees to all of that.
 *
 * @param envelope as `readSessionHeader` returned it
 * @param claims what the request is, and where it arrived
 *
 * Rejects with `McpsError`: `timestamp_malformed`, `signature_malformed`, `signature_high_s`, `signature_invalid`.
 */
export function verifySessionHeader(
  envelope: Envelope,
  claims: SessionHeaderClaims,
  options: VerifySessionHeaderOptions,
): Promise<VerifiedSessionHeader> {
  return runAsync(verifySteps(envelope, claims, options));
}

function* verifySteps(
  envelope: Envelope,
  claims: SessionHeaderClaims,
  { publicKey, requireLowS = false }: VerifySessionHeaderOptions,
): Procedure<VerifiedSessionHeader> {
  const { passportId, nonce } = envelope;
  const timestampMs = parseTimestamp(envelope.timestamp);
  const signature = decodeSignature(envelope.signature, requireLowS);
  const input = signingInput(claims, envelope);
  const isValid = input !== undefined && (yield* verifyBytes(publicKey, input, signature));
  if (!isValid) throw new McpsError('signature_invalid');
  return markVerified({ claims, passportId, nonce, timestampMs }, 'session-header');
}
