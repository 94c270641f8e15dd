import { canonicalizeToBytes, decodeBase64, encodeBase64 } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { asConfiguration } from '../passport/configuration-fault.js';
import { signBytes, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { contextBytes } from '../signing-context/index.js';
import type { SigningContext } from '../signing-context/index.js';

/** All members of a statement but `signature`. */
export function contentOf(statement: object): object {
  const { signature: _signature, ...content } = statement as { readonly signature?: unknown };
  return content;
}

/** How a format is signed: what to call it in a fault of the caller, its context, and its strict reader. */
export interface StatementFormat<T> {
  readonly what: string;
  readonly context: SigningContext;
  readonly read: (value: object) => T;
}

/** Stands in for a signature while a draft is read: base64 of 64 zero bytes, which verify as nothing. */
const NO_SIGNATURE = encodeBase64(new Uint8Array(64));

/**
 * Reads a draft as a verifier would, and then signs what was read: what no verifier would accept gets no signature. Throws `ConfigurationError`
 * `option_invalid`.
 */
export function* signStatement<T extends { readonly signature: string }>(
  format: StatementFormat<T>,
  draft: object,
  key: PrivateKey | Signer,
): Procedure<T> {
  const { what, context, read } = format;
  const statement = asConfiguration(what, () => read({ ...draft, signature: NO_SIGNATURE }));
  const input = contextBytes(context, canonicalizeToBytes(contentOf(statement)));
  const signature = yield* signBytes(key, input);
  return Object.freeze({ ...statement, signature: encodeBase64(signature) });
}

/**
 * Whether one of the keys has signed a statement under that context.
 *
 * @param canonical the RFC 8785 form of the statement's content, where the caller has it
 */
export function* isSignedByAny(
  keys: readonly PublicKey[],
  context: SigningContext,
  statement: { readonly signature: string },
  canonical: Uint8Array = canonicalizeToBytes(contentOf(statement)),
): Procedure<boolean> {
  const input = contextBytes(context, canonical);
  const signature = decodeBase64(statement.signature);
  for (const key of keys) {
    if (yield* verifyBytes(key, input, signature)) return true;
  }
  return false;
}
