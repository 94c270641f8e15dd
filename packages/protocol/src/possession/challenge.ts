import { decodeBase64Url, encodeBase64Url, randomBytes } from '@mcps/crypto';

const CHALLENGE_BYTES = 32;

/** A new challenge: base64url of 32 random bytes, 43 characters. Whoever makes it accepts it once, and only for a while. */
export function createChallenge(): string {
  return encodeBase64Url(randomBytes(CHALLENGE_BYTES));
}

/** Whether a value is base64url of 32 bytes in its one spelling. */
export function isChallenge(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  try {
    return decodeBase64Url(value).length === CHALLENGE_BYTES;
  } catch {
    return false;
  }
}
