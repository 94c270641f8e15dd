import { encodeHex, randomBytes } from '@mcps/crypto';

const PASSPORT_ID = /^asp_[0-9a-f]{32}$/;

/** Whether a value is `asp_` and 32 lower-case hex characters. */
export function isPassportId(value: unknown): value is string {
  return typeof value === 'string' && PASSPORT_ID.test(value);
}

/** A new passport id: `asp_` and 16 random bytes in hex. */
export function createPassportId(): string {
  return `asp_${encodeHex(randomBytes(16))}`;
}
