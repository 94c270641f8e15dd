import { canonicalizeToBytes } from '@mcps/crypto';
import { hashHex, runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import type { Passport } from './types.js';

/** Lower-case hex SHA-256 of the RFC 8785 form of a whole passport, signature included: tells any two passports apart, whatever their ids. */
export function passportDigest(passport: Passport): Promise<string> {
  return runAsync(passportDigestSteps(passport));
}

export function* passportDigestSteps(passport: Passport): Procedure<string> {
  return yield* hashHex(canonicalizeToBytes(passport));
}
