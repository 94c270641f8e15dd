export * from './common.js';
export { sign, verify } from './platform/node/ecdsa.js';
export {
  exportPrivateDer,
  exportPrivateJwk,
  exportPrivatePem,
  exportPublicDer,
  exportPublicJwk,
  exportPublicPem,
} from './platform/node/export.js';
export { sha256, sha256Hex } from './platform/node/hash.js';
export { generateKeyPair, importPrivateKey } from './platform/node/import-private.js';
export { importPublicKey, thumbprint } from './platform/node/import-public.js';
export { createNonce, randomBytes } from './platform/node/random.js';
