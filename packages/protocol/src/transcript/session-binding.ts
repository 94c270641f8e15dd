import { canonicalizeToBytes, encodeBase64, encodeUtf8 } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { hashHex, runAsync, signBytes, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import type { Binding } from '../profile/index.js';
import { contextBytes } from '../signing-context/index.js';
import { isHash, signatureOf } from './binding-signature.js';
import { canonicalPart } from './canonical.js';

/** What one side of a handshake signs: the transcript, in its own role, so that a binding thrown back proves nothing. */
export interface SessionBinding {
  /** 64 lower-case hex characters. */
  readonly transcriptHash: string;
  readonly role: 'client' | 'server';
}

/**
 * The transcript hash of a handshake: SHA-256 under the context `transcript` over {client, server}, 64 lower-case hex characters.
 *
 * @param client the `params` of the `initialize` request as signed, its hello included
 * @param server the `result` as signed, its hello included and only the binding left out
 * @throws McpsError `message_not_canonical`
 */
export function transcriptHash(client: JsonObject, server: JsonObject): Promise<string> {
  return runAsync(transcriptHashSteps(client, server));
}

/** {@link transcriptHash} as a procedure. */
export function* transcriptHashSteps(client: JsonObject, server: JsonObject): Procedure<string> {
  return yield* hashHex(contextBytes('transcript', encodeUtf8(canonicalPart({ client, server }))));
}

/** Signs a transcript in a role. Throws what the key throws. */
export function signSessionBinding(binding: SessionBinding, key: PrivateKey | Signer): Promise<Binding> {
  return runAsync(signSessionBindingSteps(binding, key));
}

/** {@link signSessionBinding} as a procedure. */
export function* signSessionBindingSteps(binding: SessionBinding, key: PrivateKey | Signer): Procedure<Binding> {
  const signature = yield* signBytes(key, signedBytes(binding));
  return { transcript_hash: binding.transcriptHash, transcript_signature: encodeBase64(signature) };
}

/**
 * Verifies what the peer signed against the transcript that this side has seen itself. On return the peer has seen the same handshake, in its role.
 *
 * Throws `McpsError`: `binding_mismatch` for another transcript, `binding_signature_invalid`.
 */
export function verifySessionBinding(
  presented: Binding,
  expected: SessionBinding,
  publicKey: PublicKey,
): Promise<void> {
  return runAsync(verifySessionBindingSteps(presented, expected, publicKey));
}

/** {@link verifySessionBinding} as a procedure. */
export function* verifySessionBindingSteps(
  presented: Binding,
  expected: SessionBinding,
  publicKey: PublicKey,
): Procedure<void> {
  if (!isHash(presented, expected.transcriptHash)) throw new McpsError('binding_mismatch');
  const signature = signatureOf(presented);
  if (signature === undefined || !(yield* verifyBytes(publicKey, signedBytes(expected), signature))) {
    throw new McpsError('binding_signature_invalid');
  }
}

function signedBytes({ role, transcriptHash: hash }: SessionBinding): Uint8Array {
  return contextBytes('transcript-binding', canonicalizeToBytes({ role, transcript_hash: hash }));
}
