import { createNonce, encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { runAsync, signBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { DEFAULT_REVISION } from '../revision/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { writeSessionHeader } from './read.js';
import { signingInput } from './signing-input.js';
import type { BodilessRequest, SessionHeaderClaims } from './types.js';

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
 *
 * Rejects with `ConfigurationError` `option_invalid` for a request that no header is made for (see {@link BodilessRequest}), for a text with half of a surrogate
 * pair in it, and for a passport id or nonce of the wrong form; and with what the signer throws.
 */
export function signSessionHeader(claims: SessionHeaderClaims, options: SignSessionHeaderOptions): Promise<string> {
  return runAsync(signSteps(claims, options));
}

function* signSteps(claims: SessionHeaderClaims, options: SignSessionHeaderOptions): Procedure<string> {
  const { passportId, key, clock = systemClock, nonce = createNonce() } = options;
  const { version } = DEFAULT_REVISION;
  const timestamp = formatTimestamp(clock());
  const input = isBodiless(claims) ? signingInput(claims, { passportId, nonce, timestamp }) : undefined;
  if (input === undefined || !DEFAULT_REVISION.acceptsPassportId(passportId) || !DEFAULT_REVISION.acceptsNonce(nonce)) {
    throw new ConfigurationError(
      'option_invalid',
      'The request is none that a session header is made for, or the passport id or the nonce is not of the form that this revision asks for',
    );
  }
  const signature = yield* signBytes(key, input);
  return writeSessionHeader({ version, passportId, nonce, timestamp, signature: encodeBase64(signature) });
}

/** A header for anything else would be a signature that nobody asks for, and that somebody may find a use for. */
function isBodiless({ verb, target }: BodilessRequest): boolean {
  return (verb === 'GET' || verb === 'DELETE') && target.startsWith('/') && !target.includes('#');
}
