import { createHmac } from 'node:crypto';
import { constantTimeEqual, decodeBase64Url, encodeBase64Url, randomBytes } from '@mcps/crypto';
import { systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { AuthorityError } from '../error.js';

export interface ChallengesOptions {
  /** The issuer name of the authority. */
  readonly authority: string;
  /** At least 32 random bytes, the same for all replicas. */
  readonly secret: Uint8Array;
  /** How long a challenge counts. Default 300. */
  readonly ttlSeconds?: number;
  readonly clock?: Clock;
}

/** Bytes of a challenge: 6 of its expiry in milliseconds, 10 random ones, 16 of a HMAC-SHA-256 over both. */
const EXPIRY_BYTES = 6;
const RANDOM_BYTES = 10;
const BODY_BYTES = EXPIRY_BYTES + RANDOM_BYTES;
const CHALLENGE_BYTES = 32;

/**
 * Makes challenges and recognises them again. A challenge carries its own expiry and an authenticator, so nothing is stored for one who merely asks:
 * what has to be remembered is only which challenges have been used, and that by whoever has proved to hold a key.
 */
export class Challenges {
  readonly #options: Required<ChallengesOptions>;

  constructor(options: ChallengesOptions) {
    const { authority, secret, ttlSeconds = 300, clock = systemClock } = options;
    if (secret.length < 32) throw new TypeError('The secret must have at least 32 bytes');
    this.#options = { authority, secret: Uint8Array.from(secret), ttlSeconds, clock };
  }

  create(): { readonly challenge: string; readonly expiresAtMs: number } {
    const { clock, ttlSeconds } = this.#options;
    const expiresAtMs = Math.floor(clock() + ttlSeconds * 1000);
    const body = Buffer.alloc(BODY_BYTES);
    body.writeUIntBE(expiresAtMs, 0, EXPIRY_BYTES);
    body.set(randomBytes(RANDOM_BYTES), EXPIRY_BYTES);
    return { challenge: encodeBase64Url(Buffer.concat([body, this.#authenticator(body)])), expiresAtMs };
  }

  /**
   * Whether a text is a challenge of ours whose time has not passed. Returns when it will. Whether it has been used is for the store to say.
   *
   * Throws `AuthorityError` `challenge_invalid`.
   */
  check(challenge: string): { readonly expiresAtMs: number } {
    const bytes = decode(challenge);
    const body = bytes.subarray(0, BODY_BYTES);
    if (!constantTimeEqual(bytes.subarray(BODY_BYTES), this.#authenticator(body))) throw invalid();
    const expiresAtMs = Buffer.from(body).readUIntBE(0, EXPIRY_BYTES);
    if (!(this.#options.clock() < expiresAtMs)) throw invalid();
    return { expiresAtMs };
  }

  #authenticator(body: Uint8Array): Uint8Array {
    const { secret, authority } = this.#options;
    const mac = createHmac('sha256', secret).update(`mcps/1.0:challenge\0${authority}\0`).update(body).digest();
    return mac.subarray(0, CHALLENGE_BYTES - BODY_BYTES);
  }
}

function decode(challenge: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = decodeBase64Url(challenge);
  } catch (error) {
    throw invalid(error);
  }
  if (bytes.length !== CHALLENGE_BYTES) throw invalid();
  return bytes;
}

function invalid(cause?: unknown): AuthorityError {
  return new AuthorityError('challenge_invalid', 'The challenge is none of this authority, or its time has passed.', {
    cause,
  });
}
