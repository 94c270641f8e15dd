import { CryptoError } from '../../error.js';
import { nativePrivateKey } from '../../keys/private-key.js';
import type { PrivateKey } from '../../keys/private-key.js';
import { nativePublicKey } from '../../keys/public-key.js';
import type { PublicKey } from '../../keys/public-key.js';

function narrow(native: object): CryptoKey {
  if (native instanceof CryptoKey) return native;
  throw new CryptoError('key_wrong_type', 'the key was imported by the build for Node');
}

/** @throws CryptoError `key_public_expected` | `key_wrong_type` */
export function publicHandle(key: PublicKey): CryptoKey {
  return narrow(nativePublicKey(key));
}

/** @throws CryptoError `key_private_expected` | `key_wrong_type` */
export function privateHandle(key: PrivateKey): CryptoKey {
  return narrow(nativePrivateKey(key));
}
