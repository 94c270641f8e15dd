import { parseTimestamp, signStaple, signStatus } from '@mcps/protocol';
import type { Bundle, Clock, StatusBitmap, StatusList, StatusListDelta } from '@mcps/protocol';
import type { BundleRequest, Status } from '../authority.js';
import { AuthorityError } from '../error.js';
import type { StatusStatement } from '../formats.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { LedgerState } from '../ledger/state.js';
import { guarded } from '../store/open-store.js';
import { findPassports } from '../store/repository.js';
import type { PassportRow } from '../store/repository.js';
import type { Store } from '../store/store.js';
import { Bundles } from './bundles.js';
import { StatementCache } from './statement-cache.js';
import type { Kept } from './statement-cache.js';
import type { StatusLists } from './status-lists.js';

export interface StatusServiceOptions {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly clock: Clock;
  readonly state: () => Promise<LedgerState>;
  readonly lists: StatusLists;
  readonly statusTtlSeconds: number;
  readonly stapleTtlSeconds: number;
}

/** The most issuers that are looked at above a passport. */
const MAX_CHAIN = 6;

interface Finding {
  readonly row: PassportRow | undefined;
  /** The passport itself, or the first of its issuers, that is revoked. */
  readonly revoked: PassportRow | undefined;
}

/** Answers what passports are worth. Answers are kept until half of their life has passed, or anything has been revoked. */
export class StatusService implements Status {
  readonly #options: StatusServiceOptions;
  readonly #answers: StatementCache<StatusStatement>;
  readonly #staples: StatementCache<StatusStatement>;
  readonly #bundles: Bundles;

  constructor(options: StatusServiceOptions) {
    this.#options = options;
    this.#answers = new StatementCache(options.clock);
    this.#staples = new StatementCache(options.clock);
    this.#bundles = new Bundles(options);
  }

  /** Forgets what has been said: something has changed. */
  forget(): void {
    this.#answers.clear();
    this.#staples.clear();
    this.#options.lists.forget();
    this.#bundles.forget();
  }

  answer(passportId: string): Promise<StatusStatement> {
    return this.#answers.get(passportId, () => this.#sign(passportId));
  }

  staple(passportId: string): Promise<StatusStatement> {
    return this.#staples.get(passportId, () => this.#signStaple(passportId));
  }

  list(): Promise<StatusList> {
    return this.#options.lists.list();
  }

  delta(fromNumber: number): Promise<StatusListDelta | undefined> {
    return this.#options.lists.delta(fromNumber);
  }

  bitmap(): Promise<StatusBitmap> {
    return this.#options.lists.bitmap();
  }

  bundle(request: BundleRequest): Promise<Bundle> {
    return this.#bundles.make(request);
  }

  async #sign(passportId: string): Promise<Kept<StatusStatement>> {
    const { keys, clock, statusTtlSeconds: ttlSeconds } = this.#options;
    const { common, finding } = await this.#look(passportId);
    const { row, revoked } = finding;
    const options = { ...common, passportId, ttlSeconds, clock, passportDigest: row?.digest ?? null };
    const keep = (value: StatusStatement) => this.#keep(value, row);
    if (row === undefined) return keep(await signStatus({ ...options, status: 'UNKNOWN' }, keys.status()));
    if (revoked !== undefined) {
      const revocation = { reason: revoked.revocation_reason ?? '', revokedAtMs: revoked.revoked_at ?? 0 };
      return keep(await signStatus({ ...options, status: 'REVOKED', revocation }, keys.status()));
    }
    const status = clock() < row.expires_at ? 'VALID' : 'EXPIRED';
    return keep(await signStatus({ ...options, status }, keys.status()));
  }

  async #signStaple(passportId: string): Promise<Kept<StatusStatement>> {
    const { keys, clock, stapleTtlSeconds } = this.#options;
    const { common, finding } = await this.#look(passportId);
    const { row, revoked } = finding;
    if (row === undefined) throw new AuthorityError('passport_unknown', 'This authority issued no such passport.');
    if (revoked !== undefined)
      throw new AuthorityError('passport_revoked', 'The passport, or an issuer of it, is revoked.');
    const leftSeconds = Math.floor((row.expires_at - clock()) / 1000);
    if (leftSeconds < 1) throw new AuthorityError('passport_expired', 'The passport has expired.');
    const ttlSeconds = Math.min(stapleTtlSeconds, leftSeconds);
    const options = { ...common, passportId, passportDigest: row.digest, ttlSeconds, clock };
    return this.#keep(await signStaple(options, keys.status()), row);
  }

  /** Until half of its life has passed, so that nobody is handed what is nearly over; and not beyond the moment at which the passport expires. */
  #keep(value: StatusStatement, row: PassportRow | undefined): Kept<StatusStatement> {
    const producedAtMs = parseTimestamp(value.produced_at);
    const halfMs = (producedAtMs + parseTimestamp(value.expires_at)) / 2;
    const isAhead = row !== undefined && producedAtMs < row.expires_at;
    return { value, untilMs: isAhead ? Math.min(halfMs, row.expires_at) : halfMs };
  }

  /** The state first: what is read afterwards is at least as new, so that no answer claims an epoch whose revocations it does not know. */
  async #look(passportId: string): Promise<{ readonly common: CommonOptions; readonly finding: Finding }> {
    const { epoch, treeSize, rootHash } = await this.#options.state();
    const finding = await guarded(() => this.#find(passportId));
    const treeHead = { tree_size: treeSize, root_hash: rootHash };
    return { common: { authority: this.#options.keys.issuer, epoch, treeHead }, finding };
  }

  async #find(passportId: string): Promise<Finding> {
    const read = async (id: string) => (await findPassports(this.#options.store.reader, [id]))[0];
    const row = await read(passportId);
    let current = row;
    for (let depth = 0; current !== undefined && depth < MAX_CHAIN; depth += 1) {
      if (current.revocation_epoch !== null) return { row, revoked: current };
      current = current.issuer_id === null ? undefined : await read(current.issuer_id);
    }
    return { row, revoked: undefined };
  }
}

interface CommonOptions {
  readonly authority: string;
  readonly epoch: number;
  readonly treeHead: { readonly tree_size: number; readonly root_hash: string };
}
