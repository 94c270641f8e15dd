import { KeyObject } from 'node:crypto';
import { CryptoError } from '../../error.js';
import { nativePrivateKey } from '../../keys/private-key.js';
import type { PrivateKey } from '../../keys/private-key.js';
import { nativePublicKey } from '../../keys/public-key.js';
import type { PublicKey } from '../../keys/public-key.js';

function narrow(native: object): KeyObject {
  if (native instanceof KeyObject) return native;
  throw new CryptoError('key_wrong_type', 'the key was imported by the build for browsers');
}

/** @throws CryptoError `key_public_expected` | `key_wrong_type` */
export function publicHandle(key: PublicKey): KeyObject {
  return narrow(nativePublicKey(key));
}

/** @throws CryptoError `key_private_expected` | `key_wrong_type` */
export function privateHandle(key: PrivateKey): KeyObject {
  return narrow(nativePrivateKey(key));
}
