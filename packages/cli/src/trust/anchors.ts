import { createTrustAnchors } from '@mcps/protocol';
import type { TrustAnchorOptions, TrustAnchors } from '@mcps/protocol';
import { UsageError } from '../errors/cli-error.js';
import { isObject, parseInput, readText } from '../files/read-input.js';
import { isAnchorList } from '../identity/identity.js';

/**
 * Reads a file of trust anchors: a JSON list of `{issuer, keys, ceiling?}`, one of these alone, or an object with such a list as `trustAnchors`.
 *
 * @throws UsageError
 */
export async function readAnchors(path: string): Promise<readonly TrustAnchorOptions[]> {
  const value = parsed(await readText(path, 'trust anchors'));
  const inner = isObject(value) ? (value['trustAnchors'] ?? [value]) : value;
  if (isAnchorList(inner)) return inner;
  throw new UsageError('The trust anchors file must be a JSON list of {issuer, keys, ceiling?}.', {
    reason: 'anchors_malformed',
    nextStep: 'An authority prints its anchor: "mcps authority anchor". "mcps init" writes one too.',
  });
}

/** The anchors of several files. None at all: nobody is believed. */
export async function importAnchors(paths: readonly string[]): Promise<TrustAnchors> {
  return createTrustAnchors((await Promise.all(paths.map(readAnchors))).flat());
}

function parsed(text: string): unknown {
  try {
    return parseInput(text, 'trust anchors file');
  } catch (error) {
    // What is configured wrongly is no refusal.
    throw new UsageError('The trust anchors file is not JSON.', { reason: 'anchors_malformed', cause: error });
  }
}
