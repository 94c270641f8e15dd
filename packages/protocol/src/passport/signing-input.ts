import { canonicalizeToBytes } from '@mcps/crypto';
import type { UnsignedPassport } from './types.js';

/** The bytes that a passport's issuer signs: the RFC 8785 form of all members but `signature`. Published form, without a context prefix. */
export function passportSigningInput(passport: UnsignedPassport & { readonly signature?: string }): Uint8Array {
  const { signature: _signature, ...rest } = passport;
  return canonicalizeToBytes(rest);
}
