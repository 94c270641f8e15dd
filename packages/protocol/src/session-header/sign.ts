import { createNonce, encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { runAsync, signBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { DEFAULT_REVISION } from '../revision/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { writeSessionHeader } from './read.js';
import { signingInput } from './signing-input.js';
import type { SessionHeaderClaims } from './types.js';

export interface SignSessionHeaderOptions {
  /** The id of the passport that the session was opened with. */
  readonly passportId: string;
  /** The key of that passport. */
  readonly key: PrivateKey | Signer;
  readonly clock?: Clock;
  /** 32 lower-case hex characters, never used before by this key; random by default. */
  readonly nonce?: string;
}

/**
 * Signs an HTTP request that has no body, and returns the value of its `MCPS-Session` header: base64url of the RFC 8785 form of {nonce, passport_id,
 * signature, timestamp, version}. A repetition of the request needs a header of its own.
 */
export function signSessionHeader(claims: SessionHeaderClaims, options: SignSessionHeaderOptions): Promise<string> {
  return runAsync(signSteps(claims, options));
}

function* signSteps(claims: SessionHeaderClaims, options: SignSessionHeaderOptions): Procedure<string> {
  const { passportId, key, clock = systemClock, nonce = createNonce() } = options;
  const { version } = DEFAULT_REVISION;
  const timestamp = formatTimestamp(clock());
  const signature = yield* signBytes(key, signingInput(claims, { passportId, nonce, timestamp }));
  return writeSessionHeader({ version, passportId, nonce, timestamp, signature: encodeBase64(signature) });
}
