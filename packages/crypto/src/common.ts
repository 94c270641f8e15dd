/** What both entries of the package share: everything that needs no crypto of the runtime. */
export { derToP1363, p1363ToDer } from './ecdsa/der.js';
export { checkSignature, isLowS, normalizeLowS } from './ecdsa/p1363.js';
export type { SignatureOptions } from './ecdsa/p1363.js';
export * from './encoding/index.js';
export { CryptoError } from './error.js';
export type { CryptoErrorCode } from './error.js';
export * from './jcs/index.js';
export type { JwkInput, PrivateJwk, PublicJwk } from './jwk/types.js';
export { PrivateKey } from './keys/private-key.js';
export type { KeyPair } from './keys/private-key.js';
export { PublicKey } from './keys/public-key.js';
export type {
  CryptoKeyLike,
  GenerateOptions,
  ImportPrivateKeyOptions,
  PrivateKeySource,
  PublicKeySource,
} from './keys/source.js';
export { isSigner } from './signer.js';
export type { Signer } from './signer.js';
