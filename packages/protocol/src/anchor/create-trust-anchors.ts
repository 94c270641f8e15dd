import { CryptoError, importPublicKey } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { MAX_CAPABILITIES, MAX_TEXT_LENGTH } from '../passport/limits.js';
import { hasControl } from '../passport/members.js';
import { isPassportId } from '../passport/passport-id.js';
import { SELF_ISSUER } from '../passport/types.js';
import { assertNotTestIssuer, assertNotTestKey } from '../test-keys/index.js';
import { TRUST_LEVELS, isTrustLevel } from '../trust-level/levels.js';
import type { AnchorKey, TrustAnchor, TrustAnchorOptions } from './trust-anchor.js';
import { trustAnchorsOf } from './trust-anchors.js';
import type { TrustAnchors } from './trust-anchors.js';

/** The most keys of one kind that an anchor may have; each is tried in turn. */
const MAX_KEYS = 8;

export interface CreateTrustAnchorsOptions {
  /** Accept keys and issuer names that are reserved for tests. For conformance suites and demonstrations only. Default false. */
  readonly allowTestKeys?: boolean;
}

/**
 * Checks and imports the authorities that a verifier believes. An empty list is a set of its own: nobody is believed, and every passport counts
 * for level 0.
 *
 * Throws `ConfigurationError`: `option_invalid` for a name that is empty, longer than 256 characters, `self`, or of the form of a passport id; for
 * a name or a passport key that two anchors share (whoever holds it could choose between their ceilings); for a key that is no P-256 public key;
 * and for a ceiling out of range. `test_key_refused` for a key or a name that is reserved for tests.
 */
export async function createTrustAnchors(
  list: readonly TrustAnchorOptions[],
  options: CreateTrustAnchorsOptions = {},
): Promise<TrustAnchors> {
  const drafts = list.map(readAnchor);
  const anchors = await Promise.all(
    drafts.map(async (draft): Promise<TrustAnchor> => {
      const [keys, statusKeys, evidenceKeys] = await Promise.all([
        importKeys(draft.issuer, draft.keys),
        importKeys(draft.issuer, draft.statusKeys),
        importKeys(draft.issuer, draft.evidenceKeys),
      ]);
      return Object.freeze({ ...draft, keys, statusKeys, evidenceKeys });
    }),
  );
  return assembleTrustAnchors(anchors, options);
}

/** The part of {@link createTrustAnchors} that follows the import of the keys. */
export function assembleTrustAnchors(
  list: readonly TrustAnchor[],
  { allowTestKeys = false }: CreateTrustAnchorsOptions,
): TrustAnchors {
  const anchors = new Map<string, TrustAnchor>();
  const owners = new Map<string, string>();
  for (const anchor of list) {
    if (anchors.has(anchor.issuer)) throw invalid(anchor.issuer, 'is configured twice');
    if (!allowTestKeys) assertNotTestIssuer(anchor.issuer);
    for (const key of [...anchor.keys, ...anchor.statusKeys, ...anchor.evidenceKeys]) {
      if (!allowTestKeys) assertNotTestKey(key);
    }
    for (const { thumbprint } of anchor.keys) {
      if (owners.has(thumbprint)) throw invalid(anchor.issuer, 'lists a key that is listed already');
      owners.set(thumbprint, anchor.issuer);
    }
    anchors.set(anchor.issuer, anchor);
  }
  return trustAnchorsOf(() => anchors);
}

type KeyKind = 'keys' | 'statusKeys' | 'evidenceKeys';

/** An anchor that has been checked but for its keys, which are still to be imported. */
export type AnchorDraft = Omit<TrustAnchor, KeyKind> & Readonly<Record<KeyKind, readonly AnchorKey[]>>;

/** The part of {@link createTrustAnchors} that comes before the import of the keys. */
export function readAnchor(options: TrustAnchorOptions): AnchorDraft {
  // Read once: what is checked here is what is believed later, whatever becomes of the caller's object.
  const { issuer, keys, ceiling = {}, statusKeys = keys, evidenceKeys = keys } = options;
  checkIssuerName(issuer);
  const level = ceiling.level ?? TRUST_LEVELS.audited;
  if (!isTrustLevel(level)) throw invalid(issuer, 'has a ceiling that is no trust level');
  const capabilities = Object.freeze([...(ceiling.capabilities ?? ['*'])]);
  if (capabilities.length > MAX_CAPABILITIES || capabilities.some((item) => typeof item !== 'string')) {
    throw invalid(issuer, 'has a ceiling with more than 64 capabilities, or one that is no string');
  }
  return {
    issuer,
    ceiling: Object.freeze({ level, capabilities }),
    keys: copyOfKeys(issuer, keys),
    statusKeys: copyOfKeys(issuer, statusKeys),
    evidenceKeys: copyOfKeys(issuer, evidenceKeys),
  };
}

function checkIssuerName(issuer: unknown): asserts issuer is string {
  if (typeof issuer !== 'string' || issuer.length === 0 || issuer.length > MAX_TEXT_LENGTH || hasControl(issuer)) {
    throw new ConfigurationError(
      'option_invalid',
      'An issuer name must be a text of 1 to 256 characters without control characters.',
    );
  }
  if (issuer === SELF_ISSUER || isPassportId(issuer)) {
    throw invalid(issuer, 'cannot name an anchor: passports use it for themselves or for one another');
  }
}

function copyOfKeys(issuer: string, sources: readonly AnchorKey[]): readonly AnchorKey[] {
  // A single key in place of the list is an easy mistake, and a text has a length too.
  const isList: boolean = Array.isArray(sources);
  if (!isList || sources.length === 0 || sources.length > MAX_KEYS) {
    throw invalid(
      issuer,
      `needs 1 to ${MAX_KEYS} keys of each kind: \`keys\`, and \`statusKeys\` and \`evidenceKeys\` where they are given, are lists`,
    );
  }
  return [...sources];
}

async function importKeys(issuer: string, sources: readonly AnchorKey[]): Promise<readonly PublicKey[]> {
  try {
    return Object.freeze(await Promise.all(sources.map((source) => importPublicKey(source))));
  } catch (error) {
    throw anchorKeyFault(issuer, error);
  }
}

/** What a fault of one of an anchor's keys is thrown as. */
export function anchorKeyFault(issuer: string, error: unknown): unknown {
  if (!(error instanceof CryptoError)) return error;
  return new ConfigurationError(
    'option_invalid',
    `The anchor ${issuer} has a key that is no P-256 public key (${error.code}).`,
    { cause: error },
  );
}

function invalid(issuer: string, fault: string): ConfigurationError {
  return new ConfigurationError('option_invalid', `The anchor ${issuer} ${fault}.`);
}
