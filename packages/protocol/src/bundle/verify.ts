import { canonicalizeToBytes } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { KeySets } from '../key-set/index.js';
import type { VerifiedKeySet } from '../key-set/index.js';
import { verifyPassport } from '../passport/verify.js';
import type { VerifiedPassport } from '../passport/verified-passport.js';
import { hashHex, runAsync } from '../procedure/index.js';
import { contentOf, isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { checkPeriod, instantsOf } from '../statement/verify-options.js';
import { verifyStatusListWithin } from '../status-list/verify-status-list.js';
import type { VerifiedStatusList } from '../status-list/index.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { readBundle } from './read.js';
import type { Bundle } from './types.js';

/** A bundle of which everything has been verified. */
export type VerifiedBundle = Verified<{
  readonly bundle: Bundle;
  /** The anchor's issuer name. */
  readonly authority: string;
  /** Lower-case hex SHA-256 of the RFC 8785 form of all members but `signature`: two of one number must agree in it. */
  readonly digest: string;
  readonly keySet: VerifiedKeySet;
  /** Its list, which counts for as long as the bundle. */
  readonly list: VerifiedStatusList;
  /** Those of its passports that verify now: anchored and not expired. */
  readonly passports: readonly VerifiedPassport[];
  /** Milliseconds since the Unix epoch. */
  readonly createdAtMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
}>;

/**
 * Verifies a bundle, in this order: shape; the key set, by a key that is configured as signing passports; the bundle, by a status key of that set; not from
 * the future and not expired; the list, by a status key too, whatever its own next update; and each passport. A passport that has expired since is left out, and
 * one that is not below the authority's anchor is refused with the bundle: who vouches for it has not looked.
 *
 * On return nothing is known of its place among others: an authentic older one passes as well.
 *
 * Throws `McpsError`: `status_invalid`, `status_stale`, and as `verifyPassport` does.
 */
export async function verifyBundle(source: StatementSource, options: VerifyStatementOptions): Promise<VerifiedBundle> {
  const instants = instantsOf(options);
  const { now } = instants;
  const bundle = readBundle(source);
  const { authority } = bundle;
  const keySets = new KeySets({ ...options, clock: () => now });
  const keySet = await keySets.update(bundle.key_set);
  const { anchors } = keySets;
  const canonical = canonicalizeToBytes(contentOf(bundle));
  const keys = anchors.get(authority)?.statusKeys ?? [];
  if (!(await runAsync(isSignedByAny(keys, 'bundle', bundle, canonical)))) throw new McpsError('status_invalid');
  const createdAtMs = parseTimestamp(bundle.created_at);
  const expiresAtMs = parseTimestamp(bundle.expires_at);
  checkPeriod(createdAtMs, expiresAtMs, instants);
  const within = { ...options, anchors, now };
  const list = await verifyStatusListWithin(bundle.list, within, expiresAtMs);
  const passports = await verifyPassports(bundle, within);
  const digest = await runAsync(hashHex(canonical));
  return markVerified({ bundle, authority, digest, keySet, list, passports, createdAtMs, expiresAtMs }, 'bundle');
}

async function verifyPassports(
  bundle: Bundle,
  options: VerifyStatementOptions & { readonly now: number },
): Promise<VerifiedPassport[]> {
  const verified: VerifiedPassport[] = [];
  for (const passport of bundle.passports) {
    if (parseTimestamp(passport.expires_at) <= options.now) continue;
    const one = await verifyPassport(passport, options);
    if (one.anchor?.issuer !== bundle.authority) throw new McpsError('status_invalid');
    verified.push(one);
  }
  return verified;
}
