export * from './common.js';
export { sign, verify } from './platform/web/ecdsa.js';
export {
  exportPrivateDer,
  exportPrivateJwk,
  exportPrivatePem,
  exportPublicDer,
  exportPublicJwk,
  exportPublicPem,
} from './platform/web/export.js';
export { sha256, sha256Hex } from './platform/web/hash.js';
export { generateKeyPair, importPrivateKey } from './platform/web/import-private.js';
export { importPublicKey, thumbprint } from './platform/web/import-public.js';
export { createNonce, randomBytes } from './platform/web/random.js';
