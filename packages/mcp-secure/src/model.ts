import type { Signer } from '@mcps/crypto';
import { signModel as signModelLater } from '@mcps/protocol';
import type { ModelMetadata, SignedModel } from '@mcps/protocol';
import { signModelSync, verifyModelSync } from '@mcps/protocol/node';
import { ERROR_CODES } from './error-codes.js';
import { publicKeyOf, signWith } from './keys.js';
import type { PrivateKeyInput, PublicKeyInput } from './keys.js';
import { refusalOf } from './refusal.js';
import type { Refusal } from './refusal.js';

export { hashModelFile } from '@mcps/protocol/node';

/** What {@link verifyModel} returns. */
export type ModelVerdict =
  | {
      readonly valid: true;
      readonly error: null;
      /** Whether a file was compared with the metadata. Where it is false, only the metadata is known to be the publisher's. */
      readonly file_matches: boolean;
      readonly signed_by: string;
    }
  | ({ readonly valid: false; readonly file_matches: false; readonly signed_by: null } & Refusal);

/**
 * Signs what a publisher says of a model file: `{name, version, format, file_hash}`, and `source`, `licence`, `parameter_count` where they are known. The hash is
 * that of {@link hashModelFile}. Returns the metadata with `signed_by`, `signed_at` and `signature`; with an external signer a promise of it.
 *
 * Throws `McpsError` `model_malformed` for other members, `ConfigurationError` for a missing key, `CryptoError` for a key that is none.
 */
export function signModel(metadata: ModelMetadata, passportId: string, privateKey: PrivateKeyInput): SignedModel;
export function signModel(metadata: ModelMetadata, passportId: string, signer: Signer): Promise<SignedModel>;
export function signModel(
  metadata: ModelMetadata,
  passportId: string,
  key: PrivateKeyInput | Signer,
): SignedModel | Promise<SignedModel>;
export function signModel(
  metadata: ModelMetadata,
  passportId: string,
  key: PrivateKeyInput | Signer,
): SignedModel | Promise<SignedModel> {
  return signWith(
    key,
    (local) => signModelSync(metadata, { passportId, key: local }),
    (signer) => signModelLater(metadata, { passportId, key: signer }),
  );
}

/**
 * Verifies signed metadata of a model with its publisher's key, and the file at hand against it where its hash is given. Never throws; `error` is MCPS-008
 * where it is not valid.
 */
export function verifyModel(
  signed: unknown,
  publicKey: PublicKeyInput,
  fileHash?: string | { readonly fileHash?: string } | null,
): ModelVerdict {
  try {
    const hash: unknown = typeof fileHash === 'object' && fileHash !== null ? fileHash.fileHash : fileHash;
    const options = hash === undefined || hash === null ? {} : { fileHash: typeof hash === 'string' ? hash : '' };
    const { fileMatches, signedBy } = verifyModelSync(signed, publicKeyOf(publicKey), options);
    return { valid: true, error: null, file_matches: fileMatches, signed_by: signedBy };
  } catch (cause) {
    const refusal = refusalOf(cause, ERROR_CODES.TOOL_INTEGRITY_FAILED);
    return { valid: false, file_matches: false, signed_by: null, ...refusal };
  }
}
