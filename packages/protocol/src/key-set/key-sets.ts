import { CryptoError, importPublicKey } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import type { TrustAnchor } from '../anchor/trust-anchor.js';
import { trustAnchorsOf } from '../anchor/trust-anchors.js';
import type { TrustAnchors } from '../anchor/trust-anchors.js';
import { DEFAULT_FUTURE_TOLERANCE_MS } from '../envelope/freshness.js';
import { McpsError } from '../errors/index.js';
import { MemoryNumberState } from '../statement/index.js';
import type { NumberState, StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { NumberGuard } from '../statement/number-guard.js';
import { Turns } from '../statement/turns.js';
import { parseTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import type { KeyPurpose, KeySetKey } from './types.js';
import { verifyKeptKeySet, verifyKeySet } from './verify.js';
import type { VerifiedKeySet } from './verify.js';

export interface KeySetsOptions {
  /** Whose key sets are believed: those signed by a key that is configured here as signing passports. */
  readonly anchors: TrustAnchors;
  /** Where the highest number of each authority is remembered. Default: in memory, so that a restart forgets it. */
  readonly state?: NumberState;
  /** How far ahead of our clock a key set may have been issued, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  readonly clock?: Clock;
}

interface TimedKey {
  readonly purpose: KeyPurpose;
  readonly key: PublicKey;
  readonly fromMs: number;
  readonly untilMs: number;
}

interface Loaded {
  readonly verified: VerifiedKeySet;
  readonly keys: readonly TimedKey[];
}

/**
 * The anchors that are configured, with the keys that their authorities' key sets have brought since.
 *
 * For statuses and evidence the keys of a key set take the place of those that are configured, so that a lost one can be put out of use; it may be that none of them
 * is in its time, or that the key set has run out, and then nothing of that kind verifies. For passports they come beside the configured ones. A purpose that a
 * key set does not name stays as it is configured.
 */
export class KeySets {
  /** The anchors with what key sets have brought: the same object for good, whose keys are always the present ones. */
  readonly anchors: TrustAnchors = trustAnchorsOf(() => this.#present());
  readonly #configured: TrustAnchors;
  readonly #guard: NumberGuard;
  readonly #futureToleranceMs: number;
  readonly #clock: Clock;
  readonly #turns = new Turns();
  readonly #loaded = new Map<string, Loaded>();
  #current: ReadonlyMap<string, TrustAnchor> = new Map();
  /** In between, the keys that count do not change; at first they have not been put together. */
  #currentFromMs = Number.POSITIVE_INFINITY;
  #currentUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: KeySetsOptions) {
    const { anchors, state = new MemoryNumberState(), clock = systemClock } = options;
    this.#configured = anchors;
    this.#guard = new NumberGuard(state, 'key_set_rolled_back');
    this.#futureToleranceMs = options.futureToleranceMs ?? DEFAULT_FUTURE_TOLERANCE_MS;
    this.#clock = clock;
  }

  /** The anchors without what key sets have brought. */
  get configured(): TrustAnchors {
    return this.#configured;
  }

  /** The era that the root key of an authority has vouched for last. */
  eraOf(authority: string): number | undefined {
    return this.#loaded.get(authority)?.verified.keySet.era;
  }

  /** The number of the key set of an authority that counts. */
  numberOf(authority: string): number | undefined {
    return this.#loaded.get(authority)?.verified.keySet.number;
  }

  /** When the next key set of an authority is due, milliseconds since the Unix epoch. */
  nextUpdateMs(authority: string): number | undefined {
    return this.#loaded.get(authority)?.verified.nextUpdateMs;
  }

  /**
   * Takes a newer key set, or the present one again. What a refused one said changes nothing.
   *
   * Throws `McpsError`: `status_invalid` (malformed, unknown authority, badly signed, from the future, a key that is none, a passport key that another
   * anchor has), `status_stale`, `key_set_rolled_back` for a lower number than before, for the same number with other content and for an earlier era,
   * `status_unavailable` where what must be remembered cannot be read or written.
   */
  update(source: StatementSource): Promise<VerifiedKeySet> {
    return this.#turns.run(() => this.#update(source));
  }

  /**
   * Brings back the key set that was kept at the last start, before any {@link update}. It may have run out meanwhile: then the purposes that it names are without
   * a key until the next one, as they would be without the restart. A key that it has put out of use does not come back.
   *
   * Throws `McpsError` `status_invalid`.
   */
  restore(source: StatementSource): Promise<VerifiedKeySet> {
    return this.#turns.run(async () => {
      const loaded = await this.#read(await verifyKeptKeySet(source, this.#verifyOptions()));
      this.#loaded.set(loaded.verified.authority, loaded);
      this.#assemble(this.#clock());
      return loaded.verified;
    });
  }

  #verifyOptions(): VerifyStatementOptions {
    return { anchors: this.#configured, now: this.#clock(), futureToleranceMs: this.#futureToleranceMs };
  }

  async #read(verified: VerifiedKeySet): Promise<Loaded> {
    const keys = await Promise.all(verified.keySet.keys.map((key) => importKey(key)));
    this.#refuseForeign(verified.authority, keys);
    return { verified, keys };
  }

  async #update(source: StatementSource): Promise<VerifiedKeySet> {
    const loaded = await this.#read(await verifyKeySet(source, this.#verifyOptions()));
    const { verified } = loaded;
    const { authority, digest, keySet } = verified;
    const mark = { number: keySet.number, digest };
    const isNewer = await this.#guard.isNewer(authority, mark);
    if (keySet.era < (this.eraOf(authority) ?? keySet.era)) throw new McpsError('key_set_rolled_back');
    if (isNewer) await this.#guard.record(authority, mark);
    this.#loaded.set(authority, loaded);
    this.#assemble(this.#clock());
    return verified;
  }

  /** Whoever holds a key of two anchors could choose between their ceilings. */
  #refuseForeign(authority: string, keys: readonly TimedKey[]): void {
    const others = new Set<string>();
    for (const anchor of this.#configured.list()) {
      if (anchor.issuer === authority) continue;
      for (const { thumbprint } of anchor.keys) others.add(thumbprint);
      for (const { key } of this.#loaded.get(anchor.issuer)?.keys ?? []) others.add(key.thumbprint);
    }
    const isForeign = keys.some(({ purpose, key }) => purpose === 'passport' && others.has(key.thumbprint));
    if (isForeign) throw new McpsError('status_invalid');
  }

  #present(): ReadonlyMap<string, TrustAnchor> {
    const now = this.#clock();
    if (!(now >= this.#currentFromMs && now < this.#currentUntilMs)) this.#assemble(now);
    return this.#current;
  }

  #assemble(now: number): void {
    const anchors = new Map<string, TrustAnchor>();
    let [fromMs, untilMs] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const boundary = (ms: number): void => {
      if (ms <= now) fromMs = Math.max(fromMs, ms);
      else untilMs = Math.min(untilMs, ms);
    };
    for (const anchor of this.#configured.list()) {
      const loaded = this.#loaded.get(anchor.issuer);
      if (loaded !== undefined) boundary(loaded.verified.nextUpdateMs);
      for (const key of loaded?.keys ?? []) {
        boundary(key.fromMs);
        boundary(key.untilMs);
      }
      anchors.set(anchor.issuer, loaded === undefined ? anchor : withKeys(anchor, loaded, now));
    }
    this.#current = anchors;
    this.#currentFromMs = fromMs;
    this.#currentUntilMs = untilMs;
  }
}

function withKeys(anchor: TrustAnchor, { verified, keys }: Loaded, now: number): TrustAnchor {
  const isCurrent = now < verified.nextUpdateMs;
  const of = (purpose: KeyPurpose) => keys.filter((key) => key.purpose === purpose);
  const inTime = (timed: readonly TimedKey[]) =>
    timed.filter(({ fromMs, untilMs }) => isCurrent && now >= fromMs && now < untilMs).map(({ key }) => key);
  const replaced = (purpose: KeyPurpose, configured: readonly PublicKey[]) =>
    of(purpose).length === 0 ? configured : Object.freeze(inTime(of(purpose)));
  const known = new Set(anchor.keys.map(({ thumbprint }) => thumbprint));
  const further = inTime(of('passport')).filter(({ thumbprint }) => !known.has(thumbprint));
  return Object.freeze({
    ...anchor,
    keys: Object.freeze([...anchor.keys, ...further]),
    statusKeys: replaced('status', anchor.statusKeys),
    evidenceKeys: replaced('evidence', anchor.evidenceKeys),
  });
}

async function importKey({ purpose, jwk, not_before, not_after }: KeySetKey): Promise<TimedKey> {
  try {
    const key = await importPublicKey(jwk);
    return { purpose, key, fromMs: parseTimestamp(not_before), untilMs: parseTimestamp(not_after) };
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('status_invalid', {}, { cause: error });
  }
}
