import type { PrivateJwk, PublicJwk } from '../../jwk/types.js';
import { privateDer, privateJwk, privatePem, publicDer, publicPem } from '../../keys/encode.js';
import { notExtractable } from '../../keys/faults.js';
import type { PrivateKey } from '../../keys/private-key.js';
import type { PublicKey } from '../../keys/public-key.js';
import { privateHandle, publicHandle } from './handle.js';
import { exportSecret } from './import-private.js';

function checked(key: PublicKey): Promise<PublicKey> {
  return new Promise((resolve) => {
    publicHandle(key);
    resolve(key);
  });
}

/** The key as a JWK with the members kty, crv, x and y; frozen. Rejects with CryptoError `key_public_expected`. */
export async function exportPublicJwk(key: PublicKey): Promise<PublicJwk> {
  return (await checked(key)).jwk;
}

/** The key as SPKI in PEM (`PUBLIC KEY`). Rejects with CryptoError `key_public_expected`. */
export async function exportPublicPem(key: PublicKey): Promise<string> {
  return publicPem(await checked(key));
}

/** The key as SPKI in DER, 91 bytes. Rejects with CryptoError `key_public_expected`. */
export async function exportPublicDer(key: PublicKey): Promise<Uint8Array> {
  return publicDer(await checked(key));
}

async function scalarOf(key: PrivateKey): Promise<Uint8Array> {
  const native = privateHandle(key);
  if (!key.extractable) throw notExtractable();
  return (await exportSecret(native)).d;
}

/** The key as a private JWK. Secret. Rejects with CryptoError `key_private_expected` | `key_not_extractable`. */
export async function exportPrivateJwk(key: PrivateKey): Promise<PrivateJwk> {
  return privateJwk(await scalarOf(key), key.publicKey);
}

/** The key as PKCS#8 in PEM. Secret. Rejects with CryptoError `key_private_expected` | `key_not_extractable`. */
export async function exportPrivatePem(key: PrivateKey): Promise<string> {
  return privatePem(await scalarOf(key), key.publicKey);
}

/** The key as PKCS#8 in DER, 138 bytes. Secret. Rejects with CryptoError `key_private_expected` | `key_not_extractable`. */
export async function exportPrivateDer(key: PrivateKey): Promise<Uint8Array> {
  return privateDer(await scalarOf(key), key.publicKey);
}
