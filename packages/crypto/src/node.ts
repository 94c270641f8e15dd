export { signSync, verifySync } from './platform/node/ecdsa.js';
export {
  exportPrivateDerSync,
  exportPrivateJwkSync,
  exportPrivatePemSync,
  exportPublicDerSync,
  exportPublicJwkSync,
  exportPublicPemSync,
} from './platform/node/export.js';
export { sha256HexSync, sha256Stream, sha256Sync } from './platform/node/hash.js';
export { generateKeyPairSync, importPrivateKeySync } from './platform/node/import-private.js';
export { importPublicKeySync, thumbprintSync } from './platform/node/import-public.js';
