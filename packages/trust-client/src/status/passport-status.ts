import { verifySignedStatus, verifyStaple } from '@mcps/protocol';
import type { Clock, StatusAnswer, StatusQuery, StatusSource, TrustAnchors } from '@mcps/protocol';
import type { AuthorityApi } from '../authority/authority-api.js';
import { SingleFlight } from '../cache/single-flight.js';
import { Answers, LONGEST_SILENCE_MS, keyOf } from './answers.js';
import type { GoodAnswer } from './answers.js';
import type { History } from './history.js';

const MAX_ANSWERS = 100_000;
const MAX_FLIGHTS = 1_000;
const MAX_STATUS_BYTES = 16 * 1024;
/** For how long a passport that the authority does not vouch for is not asked about again. */
const UNKNOWN_MS = LONGEST_SILENCE_MS;
/** The same where the authority could not be asked. */
const FAILURE_MS = 1_000;

/** How far ahead of our clock an answer may have been made, as `checkStatus` has it. */
const FUTURE_TOLERANCE_MS = 60_000;

const NOTHING: StatusAnswer = Object.freeze({ status: 'unknown', producedAtMs: 0, expiresAtMs: 0 });

/** What an authority is known to say without asking it: from its list, its feed, or both. */
export interface LocalKnowledge {
  /** A revocation, the best good answer, or `unknown`. */
  check(query: StatusQuery): Promise<StatusAnswer>;
  /** Until when, after an answer was made, nothing can have been revoked without our having heard of it; milliseconds since the Unix epoch. */
  readonly heardUntilMs: number | undefined;
  /** Whether revocations are heard as they are made, so that nothing needs to be asked for anew. */
  readonly isLive: boolean;
}

export interface PassportStatusOptions {
  readonly api: AuthorityApi;
  readonly history: History;
  readonly local: LocalKnowledge;
  readonly anchors: TrustAnchors;
  readonly clock: Clock;
  readonly random: () => number;
  /** How old an answer may be that is given without asking again, milliseconds. */
  readonly maxAgeMs: number;
}

/**
 * What one authority says of single passports: from the list and the feed, from what was fetched before, from what the peer presented, and only then
 * from the authority, once for all who ask at the same time.
 *
 * An answer that is still good is given at once, and renewed beside that once half its time is over. A peer is never waited for longer than one round of
 * attempts takes. Where nothing better is to be had, the last answer is given, however old: whoever judges it knows how old it may be.
 */
export class PassportStatus implements StatusSource {
  readonly #options: PassportStatusOptions;
  readonly #answers = new Answers(MAX_ANSWERS);
  readonly #fetches = new SingleFlight<string, StatusAnswer>(MAX_FLIGHTS);
  readonly #presentations = new Map<string, Promise<void>>();
  #forksSeen = 0;

  constructor(options: PassportStatusOptions) {
    this.#options = options;
  }

  async check(query: StatusQuery): Promise<StatusAnswer> {
    if (query.below !== undefined) return this.#checkIssuer(query, query.below);
    const key = keyOf(query);
    // Registered before anything is awaited: the questions about the issuers, which come at the same time, wait for it too.
    if (query.staple !== undefined) this.#present(query, query.staple, key);
    const known = await this.#known(query);
    if (known.status === 'revoked' || this.#counts(known)) return this.#renewedBeside(query, known);
    const presented = this.#presentations.get(key);
    if (presented !== undefined) {
      await presented;
      const better = await this.#known(query);
      if (better.status === 'revoked' || this.#counts(better)) return better;
    }
    const silence = this.#answers.silence(query, this.#options.clock());
    if (silence !== undefined) return silence.answer ?? known;
    return this.#fetchOnce(query).catch(() => known);
  }

  /** The authority's word about a passport covers its issuers. */
  async #checkIssuer(query: StatusQuery, below: NonNullable<StatusQuery['below']>): Promise<StatusAnswer> {
    const { below: _below, ...own } = query;
    const known = await this.#known(query);
    if (known.status === 'revoked' || this.#counts(known)) return known;
    const leaf = await this.check({ ...below, issuer: '', anchor: query.anchor });
    return this.#counts(leaf) ? leaf : this.check(own);
  }

  async #known(query: StatusQuery): Promise<StatusAnswer> {
    const { history, local } = this.#options;
    const listed = await local.check(query);
    if (listed.status === 'revoked') return listed;
    if (history.forks !== this.#forksSeen) {
      // Any of them may be of the other history.
      this.#forksSeen = history.forks;
      this.#answers.dropAll();
    }
    const kept = this.#answers.get(query);
    const own = kept === undefined ? NOTHING : this.#upheld(kept);
    return listed.status === 'good' && listed.producedAtMs >= own.producedAtMs ? listed : own;
  }

  /** An answer holds on for as long as every revocation since has been heard of, and its authority stands by it. */
  #upheld({ producedAtMs, expiresAtMs }: GoodAnswer): StatusAnswer {
    const heardUntilMs = this.#options.local.heardUntilMs ?? producedAtMs;
    return { status: 'good', producedAtMs: Math.max(producedAtMs, Math.min(heardUntilMs, expiresAtMs)), expiresAtMs };
  }

  #counts({ status, producedAtMs, expiresAtMs }: StatusAnswer): boolean {
    const { clock, maxAgeMs } = this.#options;
    const now = clock();
    const isOfNow = producedAtMs <= now + FUTURE_TOLERANCE_MS && now < Math.min(producedAtMs, now) + maxAgeMs;
    return status === 'good' && isOfNow && now < expiresAtMs;
  }

  #renewedBeside(query: StatusQuery, known: StatusAnswer): StatusAnswer {
    const now = this.#options.clock();
    const isFetched = this.#answers.get(query)?.expiresAtMs === known.expiresAtMs;
    const isWanted = isFetched && !this.#options.local.isLive && this.#answers.isDue(query, now);
    if (isWanted && this.#answers.silence(query, now) === undefined) void this.#fetchOnce(query).catch(() => undefined);
    return known;
  }

  #fetchOnce(query: StatusQuery): Promise<StatusAnswer> {
    return this.#fetches.run(keyOf(query), () => this.#fetch(query));
  }

  async #fetch(query: StatusQuery): Promise<StatusAnswer> {
    const { api, history, anchors, clock } = this.#options;
    try {
      const path = `api/verify/${encodeURIComponent(query.passportId)}`;
      const verified = await api.get(path, MAX_STATUS_BYTES, async (body) => {
        const status = await verifySignedStatus(body, { anchors, clock, expected: query });
        // A revocation counts whatever history it comes from.
        if (status.statement.status !== 'REVOKED') await history.believe(status);
        return status;
      });
      const { statement, producedAtMs, expiresAtMs } = verified;
      if (statement.status === 'VALID') {
        this.#keep(query, verified);
        return { status: 'good', producedAtMs, expiresAtMs };
      }
      this.#answers.drop(query);
      const isRevoked = statement.status === 'REVOKED';
      const reason = statement.reason === undefined ? {} : { reason: statement.reason };
      const answer: StatusAnswer = { status: isRevoked ? 'revoked' : 'unknown', producedAtMs, expiresAtMs, ...reason };
      this.#answers.keepSilence(query, answer, this.#soon(UNKNOWN_MS));
      return answer;
    } catch (error) {
      this.#answers.keepSilence(query, undefined, this.#soon(FAILURE_MS));
      throw error;
    }
  }

  #present(query: StatusQuery, staple: object, key: string): void {
    const kept = this.#answers.get(query);
    const isKnown = kept !== undefined && this.#counts(this.#upheld(kept));
    if (isKnown || this.#presentations.has(key) || this.#presentations.size >= MAX_FLIGHTS) return;
    const presentation = this.#takeStaple(query, staple)
      // A staple that is of no use is none: the authority is asked.
      .catch(() => undefined)
      .finally(() => {
        this.#presentations.delete(key);
      });
    this.#presentations.set(key, presentation);
  }

  async #takeStaple(query: StatusQuery, staple: object): Promise<void> {
    const { history, anchors, clock } = this.#options;
    const verified = await verifyStaple(staple, { anchors, clock, expected: query });
    await history.believe(verified);
    this.#keep(query, verified);
  }

  #keep(query: StatusQuery, answer: GoodAnswer): void {
    const { clock, random, maxAgeMs } = this.#options;
    const now = clock();
    const endMs = Math.min(answer.expiresAtMs, Math.min(answer.producedAtMs, now) + maxAgeMs);
    // Between half and three quarters of its time, so that not all are renewed at one moment.
    this.#answers.keep(query, answer, now + (endMs - now) * (0.5 + random() / 4), now + FUTURE_TOLERANCE_MS);
  }

  #soon(ms: number): number {
    const { clock, random } = this.#options;
    return clock() + ms * (0.5 + random() / 2);
  }
}
