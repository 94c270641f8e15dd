import {
  McpsError,
  TrustAnchors,
  assertVerifiedPassport,
  createTrustAnchors,
  systemClock,
  verifyPassport,
} from '@mcps/protocol';
import type { Clock, PassportStore, PutOutcome, TrustAnchorOptions, VerifiedPassport } from '@mcps/protocol';
import { checkLimit } from '../script/check-limit.js';
import { checkPrefix } from '../script/prefix.js';
import type { RedisClient } from '../script/redis-client.js';
import { malformedReply } from '../script/redis-store-error.js';
import { ScriptRunner } from '../script/script-runner.js';
import type { ScriptOptions } from '../script/script-runner.js';
import { GET_SCRIPT, PUT_SCRIPT } from './scripts.js';
import { VerifiedTexts } from './verified-texts.js';

const STORE = 'passport store';

/** Settings of a {@link RedisPassportStore}. All replicas must have the same. */
export interface RedisPassportStoreOptions extends ScriptOptions {
  /** Whom to believe: the anchors of the security options. */
  readonly trustAnchors: TrustAnchors | readonly TrustAnchorOptions[];
  /** Names the store on the server: services that share a server have different ones. Default `mcps`. */
  readonly prefix?: string;
  /** How many whole passports are kept, of at most 8 KiB each; the least recently used goes. Default 16,384. */
  readonly maxPassports?: number;
  /** How many identities are remembered with the digest of their passport. Default 65,536. */
  readonly maxIdentities?: number;
  /** How many of those may be of one anchor. Default half of `maxIdentities`. */
  readonly maxIdentitiesPerAnchor?: number;
  /** As in the security options. Default false. */
  readonly allowChainsWithoutIssuingRight?: boolean;
  /** As in the security options, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  readonly clock?: Clock;
}

/**
 * Passports that all replicas of a service share, on Redis 7 or Valkey: one that was presented to one of them is known to all.
 *
 * Nothing that is read is believed: every text is verified against the anchors by the process that reads it, once, before it is used. Whoever can write to the server
 * can make passports unknown or refused, but none valid.
 *
 * Both operations reject with `RedisStoreError` where the server cannot answer: the message is refused then.
 */
export class RedisPassportStore implements PassportStore {
  readonly #runner: ScriptRunner;
  readonly #anchors: TrustAnchors;
  readonly #keys: Readonly<Record<'pins' | 'texts' | 'expiry' | 'used' | 'counts', string>>;
  readonly #limits: readonly number[];
  readonly #verified: VerifiedTexts;
  readonly #clock: Clock;
  readonly #verification: Omit<Parameters<typeof verifyPassport>[1], 'anchors' | 'now' | 'expectedPassportId'>;

  private constructor(client: RedisClient, anchors: TrustAnchors, options: RedisPassportStoreOptions) {
    const { maxPassports = 16_384, maxIdentities = 65_536, clock = systemClock, futureToleranceMs } = options;
    const { maxIdentitiesPerAnchor = Math.ceil(maxIdentities / 2), allowChainsWithoutIssuingRight = false } = options;
    const tag = `{${checkPrefix(options.prefix ?? 'mcps', STORE)}:passports}`;
    this.#runner = new ScriptRunner(client, options);
    this.#anchors = anchors;
    this.#keys = {
      pins: `${tag}:pins`,
      texts: `${tag}:texts`,
      expiry: `${tag}:expiry`,
      used: `${tag}:used`,
      counts: `${tag}:counts`,
    };
    this.#limits = [
      checkLimit('maxIdentities', maxIdentities, STORE),
      checkLimit('maxIdentitiesPerAnchor', maxIdentitiesPerAnchor, STORE),
      checkLimit('maxPassports', maxPassports, STORE),
    ];
    this.#verified = new VerifiedTexts(Math.min(maxPassports, 4096));
    this.#clock = clock;
    this.#verification = {
      compatibility: { issuingRightOptional: allowChainsWithoutIssuingRight },
      ...(futureToleranceMs === undefined ? {} : { futureToleranceMs }),
    };
  }

  /** Rejects with `ConfigurationError`: `option_invalid`, and as `createTrustAnchors` does. */
  static async open(client: RedisClient, options: RedisPassportStoreOptions): Promise<RedisPassportStore> {
    const { trustAnchors } = options;
    const anchors = trustAnchors instanceof TrustAnchors ? trustAnchors : await createTrustAnchors(trustAnchors);
    return new RedisPassportStore(client, anchors, options);
  }

  async get(passportId: string): Promise<VerifiedPassport | undefined> {
    // The anchors of today decide: what another one has left in the store is not found.
    const identities = this.#anchors.list().map(({ issuer }) => `${issuer}/${passportId}`);
    if (identities.length === 0) return undefined;
    const { pins, texts, used } = this.#keys;
    const now = this.#clock();
    const reply = await this.#runner.run(GET_SCRIPT, [pins, texts, used], [String(now), ...identities]);
    const [identity, text] = readPair(reply);
    if (identity === undefined || text === undefined || !identities.includes(identity)) return undefined;
    return this.#verified.get(identity, text) ?? (await this.#verify(passportId, identity, text, now));
  }

  async put(passport: VerifiedPassport): Promise<PutOutcome> {
    assertVerifiedPassport(passport);
    if (passport.anchor === undefined) return 'not-kept';
    const { identity, digest, expiresAtMs } = passport;
    const { pins, texts, expiry, used, counts } = this.#keys;
    const text = JSON.stringify(passport.passport);
    const values = [this.#clock(), identity, passport.anchor.issuer, digest, text, expiresAtMs, ...this.#limits];
    const outcome = await this.#runner.run(PUT_SCRIPT, [pins, texts, expiry, used, counts], values.map(String));
    if (outcome === 'conflict') throw new McpsError('passport_id_conflict');
    if (outcome === 'full') throw new McpsError('passport_store_full');
    if (outcome !== 'stored' && outcome !== 'known') throw malformedReply();
    this.#verified.set(identity, text, passport);
    return outcome;
  }

  /** What does not verify is as good as absent: its holder is asked for it. */
  async #verify(
    expectedPassportId: string,
    identity: string,
    text: string,
    now: number,
  ): Promise<VerifiedPassport | undefined> {
    try {
      const passport = await verifyPassport(text, {
        ...this.#verification,
        anchors: this.#anchors,
        now,
        expectedPassportId,
      });
      if (passport.identity !== identity) return undefined;
      this.#verified.set(identity, text, passport);
      return passport;
    } catch (error) {
      if (!(error instanceof McpsError)) throw error;
      return undefined;
    }
  }
}

function readPair(reply: unknown): readonly (string | undefined)[] {
  if (!Array.isArray(reply) || reply.some((each) => typeof each !== 'string')) throw malformedReply();
  return reply as readonly string[];
}
