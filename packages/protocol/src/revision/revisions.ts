import { McpsError } from '../errors/index.js';
import { member } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { REVISION_1_0 } from './revision-1.0.js';
import type { Revision } from './revision.js';

/** Every wire revision that this package speaks, by version. */
export const REVISIONS: ReadonlyMap<string, Revision> = new Map([[REVISION_1_0.version, REVISION_1_0]]);

/** The versions of {@link REVISIONS}, lowest first. */
export const SUPPORTED_VERSIONS: readonly string[] = Object.freeze([...REVISIONS.keys()]);

/** The revision that messages are signed in where none is asked for. */
export const DEFAULT_REVISION: Revision = REVISION_1_0;

/**
 * The revision that a wire envelope says it is of, `undefined` for one that this package does not speak.
 *
 * Throws `McpsError` `envelope_malformed` where it does not say, in a string.
 */
export function revisionOf(wire: JsonObject): Revision | undefined {
  const version = member(wire, 'version');
  if (typeof version !== 'string') throw new McpsError('envelope_malformed');
  return REVISIONS.get(version);
}

/** The refusal of a version that this package does not speak: it tells the peer which ones it does. */
export function unsupportedVersion(): McpsError {
  return new McpsError('version_unsupported', { versions: SUPPORTED_VERSIONS });
}
