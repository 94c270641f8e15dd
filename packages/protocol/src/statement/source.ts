import { CryptoError, canonicalize, parseJson } from '@mcps/crypto';
import type { JsonLimits } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { Reason } from '../errors/index.js';

/** A signed statement in any form that it may come in: its JSON text, that text in UTF-8, or the parsed object. */
export type StatementSource = string | Uint8Array | object;

/** Enough for any statement about a single thing. */
export const SMALL_STATEMENT: JsonLimits = { maxDepth: 4, maxKeys: 64, maxBytes: 16 * 1024 };

/**
 * The JSON value behind a source, shared with nobody: a text is nobody's but ours; an object is copied, so that it cannot change while its signature is
 * verified. Throws `McpsError` with the given reason for what is no JSON or exceeds the limits.
 */
export function privateCopy(source: StatementSource, limits: JsonLimits, reason: Reason): unknown {
  try {
    const text = typeof source === 'string' || source instanceof Uint8Array ? source : canonicalize(source, limits);
    return parseJson(text, limits);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError(reason, {}, { cause: error });
  }
}
