import { CryptoError, canonicalizeToBytes, encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { runAsync, signBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { contextBytes } from '../signing-context/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { readModelMetadata } from './read-model.js';
import type { ModelMetadata, SignedModel } from './types.js';

/** Who signs a model, and when. */
export interface SignModelOptions {
  readonly passportId: string;
  readonly key: PrivateKey | Signer;
  readonly clock?: Clock;
}

/**
 * Signs what a publisher says about a model file, the hash of the file included. Returns the metadata with `signed_by`, `signed_at` and `signature`.
 *
 * Throws `McpsError` `model_malformed` for other members, types or formats than those of {@link ModelMetadata}, and what the key throws.
 */
export function signModel(metadata: ModelMetadata, options: SignModelOptions): Promise<SignedModel> {
  return runAsync(signModelSteps(metadata, options));
}

/** {@link signModel} as a procedure. */
export function* signModelSteps(metadata: ModelMetadata, options: SignModelOptions): Procedure<SignedModel> {
  const { passportId, key, clock = systemClock } = options;
  if (passportId === '' || passportId.length > 256) throw new McpsError('model_malformed');
  const statement = { ...readModelMetadata(metadata), signed_by: passportId, signed_at: formatTimestamp(clock()) };
  const signature = yield* signBytes(key, modelSignatureInput(statement));
  return Object.freeze({ ...statement, signature: encodeBase64(signature) });
}

/** The bytes that a model's signature is over. Throws `McpsError` `model_malformed` for text without an RFC 8785 form. */
export function modelSignatureInput(statement: Omit<SignedModel, 'signature'>): Uint8Array {
  try {
    return contextBytes('model', canonicalizeToBytes(statement));
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('model_malformed', {}, { cause: error });
  }
}
