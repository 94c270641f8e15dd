import { formatTimestamp, signStatusBitmap, signStatusList, signStatusListDelta } from '@mcps/protocol';
import type { RevokedPassport, StatusBitmap, StatusList, StatusListDelta } from '@mcps/protocol';
import { compressBits } from '@mcps/protocol/node';
import { AuthorityError } from '../error.js';
import type { KeyRing } from '../keys/key-ring.js';
import { guarded } from '../store/open-store.js';
import { presentFrame, recentFrame } from './list-frames.js';
import type { ListFrame, ListFramesOptions } from './list-frames.js';
import { StatementCache } from './statement-cache.js';
import type { Kept } from './statement-cache.js';

export interface StatusListsOptions extends ListFramesOptions {
  readonly keys: KeyRing;
}

/** Expired passports stay listed for an hour, as verifiers' clocks differ. */
const GRACE_MS = 3_600_000;
const MAX_KEPT_MS = 60_000;

/** Lists of what is revoked, in their forms. A number stands for one list: replicas that sign the same number state the same. */
export class StatusLists {
  readonly #options: StatusListsOptions;
  readonly #lists: StatementCache<StatusList>;
  readonly #deltas: StatementCache<StatusListDelta | undefined>;
  readonly #bitmaps: StatementCache<StatusBitmap>;

  constructor(options: StatusListsOptions) {
    this.#options = options;
    this.#lists = new StatementCache(options.clock);
    this.#deltas = new StatementCache(options.clock);
    this.#bitmaps = new StatementCache(options.clock);
  }

  forget(): void {
    this.#lists.clear();
    this.#deltas.clear();
    this.#bitmaps.clear();
  }

  list(): Promise<StatusList> {
    return this.#lists.get('list', () => this.#signList());
  }

  /** What leads from an earlier list to the present one; `undefined` from the present one. Rejects with `AuthorityError` `list_gone`. */
  async delta(fromNumber: number): Promise<StatusListDelta | undefined> {
    // Not kept for what is refused: anybody may ask for any number.
    const from = await recentFrame(this.#options.store, fromNumber);
    if (from === undefined) throw gone();
    return this.#deltas.get(String(fromNumber), () => this.#signDelta(from));
  }

  bitmap(): Promise<StatusBitmap> {
    return this.#bitmaps.get('bitmap', () => this.#signBitmap());
  }

  async #signList(): Promise<Kept<StatusList>> {
    const frame = await presentFrame(this.#options);
    return this.#kept(await signStatusList(await this.#listOptions(frame), this.#options.keys.status()));
  }

  async #signDelta(from: ListFrame): Promise<Kept<StatusListDelta | undefined>> {
    const list = await this.list();
    // Another replica may have handed out a later list than the one that is kept here.
    if (from.number > list.number) throw gone();
    if (from.number === list.number) return this.#kept(undefined);
    const key = this.#options.keys.status();
    // As it was signed then, to the letter; only its signature is another.
    const earlier = await signStatusList(await this.#listOptions(from), key);
    return this.#kept(await signStatusListDelta(earlier, list, key));
  }

  async #signBitmap(): Promise<Kept<StatusBitmap>> {
    const frame = await presentFrame(this.#options);
    const rows = await this.#revokedBy(frame);
    const revoked = rows.flatMap(({ status_index: index }) =>
      index === null || index >= frame.bitmap_size ? [] : [index],
    );
    const options = { ...this.#common(frame), size: frame.bitmap_size, revoked, compress: compressBits };
    return this.#kept(await signStatusBitmap(options, this.#options.keys.status()));
  }

  async #listOptions(frame: ListFrame) {
    return { ...this.#common(frame), revoked: (await this.#revokedBy(frame)).map(toRevoked) };
  }

  #common(frame: ListFrame) {
    return {
      issuer: this.#options.keys.issuer,
      number: frame.number,
      epoch: frame.epoch,
      issuedAtMs: frame.issued_at,
      ttlSeconds: (frame.next_update - frame.issued_at) / 1000,
      treeHead: { tree_size: frame.tree_size, root_hash: frame.root_hash },
    };
  }

  async #revokedBy({ number, issued_at: issuedAtMs }: ListFrame) {
    return guarded(() =>
      this.#options.store.reader
        .selectFrom('revocations')
        .select(['passport_id', 'reason', 'revoked_at', 'passport_expires_at', 'status_index'])
        .where('list_number', '<=', number)
        .where('passport_expires_at', '>', issuedAtMs - GRACE_MS)
        .execute(),
    );
  }

  #kept<T>(value: T): Kept<T> {
    const { clock, ttlSeconds } = this.#options;
    // Another replica may make a new one at any time.
    return { value, untilMs: clock() + Math.min(ttlSeconds * 250, MAX_KEPT_MS) };
  }
}

function gone(): AuthorityError {
  return new AuthorityError('list_gone', 'There is no difference from that list: fetch the whole list.');
}

/** A revocation as lists and events have it. */
export function toRevoked(row: {
  readonly passport_id: string;
  readonly reason: string;
  readonly revoked_at: number;
  readonly passport_expires_at: number;
}): RevokedPassport {
  return {
    passport_id: row.passport_id,
    reason: row.reason,
    revoked_at: formatTimestamp(row.revoked_at),
    passport_expires_at: formatTimestamp(row.passport_expires_at),
  };
}
