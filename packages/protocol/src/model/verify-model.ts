import { constantTimeEqual, decodeBase64, encodeUtf8 } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { runAsync, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import { readModelMetadata, readSignedModel } from './read-model.js';
import { modelSignatureInput } from './sign-model.js';
import type { ModelSignerKeys, VerifiedModel } from './types.js';

/** What else a model is verified against. */
export interface VerifyModelOptions {
  /** SHA-256 of the file at hand, 64 lower-case hex characters: on Node from `hashModelFile`. Without it only the metadata is verified. */
  readonly fileHash?: string;
}

/**
 * Verifies signed model metadata. On return the holder of the key that `signers` gave has signed exactly this metadata, and `fileMatches` says whether
 * a file was compared with it. When it was signed is told and not judged.
 *
 * Throws `McpsError`: `model_malformed`, `model_signer_unknown`, `model_signature_invalid`, `model_hash_mismatch`.
 */
export async function verifyModel(
  signed: unknown,
  signers: ModelSignerKeys,
  options: VerifyModelOptions = {},
): Promise<VerifiedModel> {
  const { fileHash } = options;
  const copy = readSignedModel(signed);
  const publicKey = await signers(copy.signed_by);
  return runAsync(verifyModelSteps(copy, publicKey, fileHash === undefined ? {} : { fileHash }));
}

/** {@link verifyModel} as a procedure, for a key that has been found already. */
export function* verifyModelSteps(
  signed: unknown,
  publicKey: PublicKey | undefined,
  options: VerifyModelOptions = {},
): Procedure<VerifiedModel> {
  const { fileHash } = options;
  const { signature, ...statement } = readSignedModel(signed);
  if (publicKey === undefined) throw new McpsError('model_signer_unknown');
  const valid = yield* verifyBytes(publicKey, modelSignatureInput(statement), decodeBase64(signature));
  if (!valid) throw new McpsError('model_signature_invalid');
  const { signed_by: signedBy, signed_at: signedAt, ...metadata } = statement;
  if (fileHash !== undefined && !constantTimeEqual(encodeUtf8(fileHash), encodeUtf8(metadata.file_hash))) {
    throw new McpsError('model_hash_mismatch');
  }
  const model = Object.freeze(readModelMetadata(metadata));
  return markVerified(
    { model, signedBy, signedAtMs: parseTimestamp(signedAt), fileMatches: fileHash !== undefined },
    'model',
  );
}
