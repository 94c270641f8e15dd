import { TreeHeadMonitor } from '@mcps/protocol';
import type {
  Clock,
  KeySets,
  KnownRevocations,
  StatusAnswer,
  StatusQuery,
  StatusSource,
  VerifiedStatusList,
} from '@mcps/protocol';
import { Feed } from '../feed/feed.js';
import type { FeedEvent } from '../feed/event.js';
import { ListKeeper } from '../list/list-keeper.js';
import type { NoticeListener } from '../notice.js';
import { numbersIn } from '../state/numbers.js';
import type { StateStore } from '../state/state-store.js';
import { treeHeadsIn } from '../state/tree-heads.js';
import { HistoryFollower } from '../status/history-follower.js';
import { History } from '../status/history.js';
import { PassportStatus } from '../status/passport-status.js';
import type { LocalKnowledge } from '../status/passport-status.js';
import type { AuthorityApi } from './authority-api.js';
import { KeyKeeper } from './key-keeper.js';

export interface AuthorityTimes {
  /** How old an answer may be that is given without asking again, milliseconds. */
  readonly maxAgeMs: number;
  readonly attemptTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly pollMs: number;
}

export interface AuthorityOptions {
  /** Its issuer name. */
  readonly name: string;
  readonly api: AuthorityApi;
  /** Whether it has an address. */
  readonly isReachable: boolean;
  readonly keySets: KeySets;
  readonly store: StateStore;
  readonly revocations: KnownRevocations;
  readonly times: AuthorityTimes;
  readonly clock: Clock;
  readonly random: () => number;
  readonly notify: NoticeListener;
  /** Verifies the text of an event of this authority. */
  readonly readEvent: (text: string) => Promise<FeedEvent>;
}

/** Everything between this process and one authority. */
export class Authority implements StatusSource {
  readonly name: string;
  readonly #feed: Feed;
  readonly #list: ListKeeper;
  readonly #keys: KeyKeeper;
  readonly #follower: HistoryFollower;
  readonly #status: PassportStatus;
  readonly #options: AuthorityOptions;

  constructor(options: AuthorityOptions) {
    const { name, api, store, revocations, times, clock, random, notify } = options;
    this.name = name;
    this.#options = options;
    const { anchors } = options.keySets;
    const unavailable = (what: 'feed' | 'list' | 'key-set' | 'history') => (error: unknown) => {
      notify({ type: 'unavailable', authority: name, what, error });
    };
    const history = new History({
      monitor: new TreeHeadMonitor({
        state: treeHeadsIn(store),
        trustedEra: (authority) => options.keySets.eraOf(authority),
      }),
      api,
      anchors,
      clock,
      isReachable: options.isReachable,
      onFork: (error) => {
        notify({ type: 'fork', authority: name, error });
      },
    });
    this.#keys = new KeyKeeper({
      name,
      api,
      keySets: options.keySets,
      store,
      clock,
      random,
      onChanged: () => {
        // Which life of the log is the present one may have changed with the keys.
        void history
          .catchUp()
          .catch(unavailable('key-set'))
          .finally(() => {
            this.#list.fetchSoon();
          });
      },
      onFault: unavailable('key-set'),
    });
    this.#list = new ListKeeper({
      api,
      history,
      anchors,
      numbers: numbersIn(store, 'list-number'),
      clock,
      random,
      pollMs: times.pollMs,
      isHeard: () => this.#feed.isLive,
      onRevoked: ({ passport_id, passport_expires_at }) => {
        revocations.add(name, passport_id, Date.parse(passport_expires_at));
      },
      onListed: (epoch) => {
        this.#feed.listed(epoch);
      },
      onFault: unavailable('list'),
    });
    this.#follower = new HistoryFollower({ history, random, onFault: unavailable('history') });
    this.#feed = new Feed({
      api,
      clock,
      random,
      heartbeatMs: times.heartbeatMs,
      openTimeoutMs: times.attemptTimeoutMs,
      read: options.readEvent,
      // The first that is seen is taken for the present one, unless the root key says otherwise.
      isEraTrusted: (era) => era === (options.keySets.eraOf(name) ?? (this.#feed.hasHeard ? undefined : era)),
      onRevoked: (passportId, expiresAtMs, epoch) => {
        revocations.add(name, passportId, expiresAtMs);
        if (options.isReachable) this.#follower.heard(epoch);
      },
      onGap: (epoch) => {
        this.#list.need(epoch);
      },
      onKeySet: () => {
        this.#keys.fetchSoon();
      },
      onLive: (isLive) => {
        if (!isLive) this.#list.fetchSoon();
        notify({ type: 'feed', authority: name, isLive });
      },
      onFault: unavailable('feed'),
    });
    const local = this.#localKnowledge();
    this.#status = new PassportStatus({ api, history, local, anchors, clock, random, maxAgeMs: times.maxAgeMs });
  }

  /** Whether revocations are heard as they are made. */
  get isLive(): boolean {
    return this.#feed.isLive;
  }

  check(query: StatusQuery): Promise<StatusAnswer> {
    return this.#status.check(query);
  }

  start(): void {
    this.#keys.start();
    // Keys first: what follows is signed by them.
    void this.#keys.firstRound.then(() => {
      this.#list.start();
      this.#feed.start();
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#feed.close(), this.#list.close(), this.#keys.close(), this.#follower.close()]);
  }

  /** Takes a verified event of this authority that came another way. */
  takeEvent(event: FeedEvent): void {
    this.#feed.takeAside(event);
  }

  /** Takes a verified list that came another way. Rejects as `ListKeeper.take` does. */
  takeList(list: VerifiedStatusList): Promise<void> {
    return this.#list.accept(list);
  }

  /** Takes the text of a key set that came another way. Rejects as `KeyKeeper.take` does. */
  takeKeySet(text: string): Promise<void> {
    return this.#keys.take(text);
  }

  #localKnowledge(): LocalKnowledge {
    const { name, revocations } = this.#options;
    const list = this.#list;
    const feed = this.#feed;
    return {
      async check(query) {
        const listed = await list.check(query);
        if (listed.status === 'revoked') return listed;
        if (revocations.has(name, query.passportId)) return { ...listed, status: 'revoked' };
        const { heardUntilMs } = feed;
        if (listed.status !== 'good' || heardUntilMs === undefined) return listed;
        const { producedAtMs, expiresAtMs } = listed;
        return { ...listed, producedAtMs: Math.max(producedAtMs, Math.min(heardUntilMs, expiresAtMs)) };
      },
      get heardUntilMs() {
        return feed.heardUntilMs;
      },
      get isLive() {
        return feed.isLive;
      },
    };
  }
}
