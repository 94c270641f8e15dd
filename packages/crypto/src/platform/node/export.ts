import type { PrivateJwk, PublicJwk } from '../../jwk/types.js';
import { privateDer, privateJwk, privatePem, publicDer, publicPem } from '../../keys/encode.js';
import { notExtractable } from '../../keys/faults.js';
import type { PrivateKey } from '../../keys/private-key.js';
import type { PublicKey } from '../../keys/public-key.js';
import { decodePkcs8 } from '../../pkcs8/pkcs8.js';
import { privateHandle, publicHandle } from './handle.js';
import { promised } from './promised.js';

/** The key as a JWK with the members kty, crv, x and y; frozen. @throws CryptoError `key_public_expected` */
export function exportPublicJwkSync(key: PublicKey): PublicJwk {
  publicHandle(key);
  return key.jwk;
}

/** The key as SPKI in PEM (`PUBLIC KEY`). @throws CryptoError `key_public_expected` */
export function exportPublicPemSync(key: PublicKey): string {
  publicHandle(key);
  return publicPem(key);
}

/** The key as SPKI in DER, 91 bytes. @throws CryptoError `key_public_expected` */
export function exportPublicDerSync(key: PublicKey): Uint8Array {
  publicHandle(key);
  return publicDer(key);
}

function scalarOf(key: PrivateKey): Uint8Array {
  const handle = privateHandle(key);
  if (!key.extractable) throw notExtractable();
  return decodePkcs8(handle.export({ format: 'der', type: 'pkcs8' })).d;
}

/** The key as a private JWK. Secret. @throws CryptoError `key_private_expected` | `key_not_extractable` */
export function exportPrivateJwkSync(key: PrivateKey): PrivateJwk {
  return privateJwk(scalarOf(key), key.publicKey);
}

/** The key as PKCS#8 in PEM. Secret. @throws CryptoError `key_private_expected` | `key_not_extractable` */
export function exportPrivatePemSync(key: PrivateKey): string {
  return privatePem(scalarOf(key), key.publicKey);
}

/** The key as PKCS#8 in DER, 138 bytes. Secret. @throws CryptoError `key_private_expected` | `key_not_extractable` */
export function exportPrivateDerSync(key: PrivateKey): Uint8Array {
  return privateDer(scalarOf(key), key.publicKey);
}

/** The key as a JWK with the members kty, crv, x and y; frozen. Rejects with CryptoError `key_public_expected`. */
export function exportPublicJwk(key: PublicKey): Promise<PublicJwk> {
  return promised(() => exportPublicJwkSync(key));
}

/** The key as SPKI in PEM (`PUBLIC KEY`). Rejects with CryptoError `key_public_expected`. */
export function exportPublicPem(key: PublicKey): Promise<string> {
  return promised(() => exportPublicPemSync(key));
}

/** The key as SPKI in DER, 91 bytes. Rejects with CryptoError `key_public_expected`. */
export function exportPublicDer(key: PublicKey): Promise<Uint8Array> {
  return promised(() => exportPublicDerSync(key));
}

/** The key as a private JWK. Secret. Rejects with CryptoError `key_private_expected` | `key_not_extractable`. */
export function exportPrivateJwk(key: PrivateKey): Promise<PrivateJwk> {
  return promised(() => exportPrivateJwkSync(key));
}

/** The key as PKCS#8 in PEM. Secret. Rejects with CryptoError `key_private_expected` | `key_not_extractable`. */
export function exportPrivatePem(key: PrivateKey): Promise<string> {
  return promised(() => exportPrivatePemSync(key));
}

/** The key as PKCS#8 in DER, 138 bytes. Secret. Rejects with CryptoError `key_private_expected` | `key_not_extractable`. */
export function exportPrivateDer(key: PrivateKey): Promise<Uint8Array> {
  return promised(() => exportPrivateDerSync(key));
}
