import { encodeUtf8 } from '@mcps/crypto';

/** The artefacts that are signed under a context of their own, so that a signature over one can never pass for a signature over another. */
export const SIGNING_CONTEXTS = [
  'tool',
  'toolset',
  'model',
  'transcript',
  'transcript-binding',
  'session-header',
  'status',
  'status-list',
  'staple',
  'tree-head',
  'evidence',
  'rotation',
  'proof-of-possession',
  'event',
  'status-list-delta',
  'status-bitmap',
  'key-set',
  'bundle',
  'audit-entry',
  'audit-checkpoint',
] as const;

export type SigningContext = (typeof SIGNING_CONTEXTS)[number];

const PREFIXES: ReadonlyMap<string, Uint8Array> = new Map(
  SIGNING_CONTEXTS.map((context) => [context, encodeUtf8(`mcps/1.0:${context}\0`)]),
);

/**
 * The bytes to sign or hash for an artefact: UTF-8 of `mcps/1.0:` and the context, one zero byte, then `canonical`, the artefact's RFC 8785
 * form. No context holds a zero byte and no RFC 8785 form starts with `m`, so no two (context, artefact) pairs share their bytes, and none
 * shares them with a format that has no context.
 *
 * Throws `TypeError` for a context outside `SIGNING_CONTEXTS`.
 */
export function contextBytes(context: SigningContext, canonical: Uint8Array): Uint8Array {
  const prefix = PREFIXES.get(context);
  if (prefix === undefined) throw new TypeError('Unknown signing context');
  const bytes = new Uint8Array(prefix.length + canonical.length);
  bytes.set(prefix, 0);
  bytes.set(canonical, prefix.length);
  return bytes;
}
