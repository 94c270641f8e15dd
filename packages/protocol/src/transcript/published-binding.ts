import { encodeBase64, encodeUtf8 } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { hashHex, runAsync, signBytes, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import type { Binding } from '../profile/index.js';
import { isHash, signatureOf } from './binding-signature.js';
import { canonicalPart } from './canonical.js';

/**
 * The binding of published MCPS 1.0: the signature over the 64 hex characters of SHA-256 over the RFC 8785 forms of the
 * `initialize` params and of its result, one after the other. It names no role, and its hash is fresh only if one of the two
 * is: a handshake between peers of this project uses `signSessionBinding` instead.
 *
 * Throws `McpsError` `message_not_canonical` for what has no RFC 8785 form, and what the key throws.
 */
export function createTranscriptBinding(
  clientInitParams: JsonObject,
  serverInitResult: JsonObject,
  key: PrivateKey | Signer,
): Promise<Binding> {
  return runAsync(createTranscriptBindingSteps(clientInitParams, serverInitResult, key));
}

/** {@link createTranscriptBinding} as a procedure. */
export function* createTranscriptBindingSteps(
  clientInitParams: JsonObject,
  serverInitResult: JsonObject,
  key: PrivateKey | Signer,
): Procedure<Binding> {
  const hash = yield* publishedTranscriptHash(clientInitParams, serverInitResult);
  const signature = yield* signBytes(key, encodeUtf8(hash));
  return { transcript_hash: hash, transcript_signature: encodeBase64(signature) };
}

/**
 * Verifies a binding of published MCPS 1.0 against the params and the result that this side has seen itself.
 *
 * Throws `McpsError`: `binding_mismatch` for another transcript, `binding_signature_invalid`, `message_not_canonical`.
 */
export function verifyTranscriptBinding(
  binding: Binding,
  publicKey: PublicKey,
  clientInitParams: JsonObject,
  serverInitResult: JsonObject,
): Promise<void> {
  return runAsync(verifyTranscriptBindingSteps(binding, publicKey, clientInitParams, serverInitResult));
}

/** {@link verifyTranscriptBinding} as a procedure. */
export function* verifyTranscriptBindingSteps(
  binding: Binding,
  publicKey: PublicKey,
  clientInitParams: JsonObject,
  serverInitResult: JsonObject,
): Procedure<void> {
  const hash = yield* publishedTranscriptHash(clientInitParams, serverInitResult);
  if (!isHash(binding, hash)) throw new McpsError('binding_mismatch');
  const signature = signatureOf(binding);
  if (signature === undefined || !(yield* verifyBytes(publicKey, encodeUtf8(hash), signature))) {
    throw new McpsError('binding_signature_invalid');
  }
}

function* publishedTranscriptHash(client: JsonObject, server: JsonObject): Procedure<string> {
  return yield* hashHex(encodeUtf8(canonicalPart(client) + canonicalPart(server)));
}
