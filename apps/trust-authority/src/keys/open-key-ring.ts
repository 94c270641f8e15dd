import { parseTimestamp, systemClock } from '@mcps/protocol';
import type { Clock, KeySet, Passport } from '@mcps/protocol';
import { CustodyError } from '../custody/custody-error.js';
import type { KeyCustody, SigningKey } from '../custody/key-custody.js';
import { AuthorityError } from '../error.js';
import type { Store } from '../store/store.js';
import { KeyMaker } from './key-maker.js';
import { readKeys, writeKeys } from './key-records.js';
import type { KeyChange, KeyRecord, RecordedKeys } from './key-records.js';
import type { AuthorityAnchor, IssuingKey, KeyPurpose, KeyRing, KeysBefore, PublishedKey } from './key-ring.js';
import { KEY_PURPOSES } from './key-ring.js';
import { countingOf, makeKeySet } from './make-key-set.js';

export interface KeyRingOptions {
  readonly store: Store;
  readonly custody: KeyCustody;
  /** Where the root is, if not with the other keys. */
  readonly rootCustody?: KeyCustody;
  readonly issuer: string;
  readonly clock?: Clock;
  /** How long an issuing passport counts. It is what ends the trust in an online key that was stolen unnoticed. Default: a year. */
  readonly issuingTtlSeconds?: number;
  /** How long a key set counts. Default: a year, so that an offline root is needed for it as rarely as for issuing passports. */
  readonly keySetTtlSeconds?: number;
  /** How long a new key is published before it signs. Default: 12 hours; verifiers look for key sets every six. */
  readonly leadSeconds?: number;
  /** How long a key that was replaced still counts. Default: 400 days, more than any evidence and any issuing passport lives. */
  readonly overlapSeconds?: number;
}

const DAY_SECONDS = 86_400;

/**
 * Opens the keys of an authority; at the first start it makes them. What the database records must be in the custody, or nothing is opened: an authority
 * that has lost a key must not go on with another as if nothing had happened.
 *
 * Rejects with `CustodyError` and `AuthorityError` `store_unavailable`.
 */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const ring = new StoredKeyRing(options);
  await ring.open();
  return ring;
}

interface Present extends RecordedKeys {
  /** By name: those that sign, and those that will. */
  readonly signers: ReadonlyMap<string, SigningKey>;
}

class StoredKeyRing implements KeyRing {
  readonly issuer: string;
  readonly #options: KeyRingOptions;
  readonly #clock: Clock;
  readonly #maker: KeyMaker;
  readonly #listeners = new Set<(before: KeysBefore) => void>();
  #present: Present = { records: [], era: 1, signers: new Map() };

  constructor(options: KeyRingOptions) {
    this.issuer = options.issuer;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#maker = new KeyMaker(options);
  }

  async open(): Promise<void> {
    const recorded = await readKeys(this.#options.store);
    if (recorded.records.length > 0) return this.#adopt(recorded);
    const nowMs = this.#clock();
    const made = await this.#maker.makeFirst(nowMs);
    // Another replica may have been first: what is recorded counts.
    await this.#write({ records: made, ending: [] }, nowMs).catch(async (error: unknown) => {
      if ((await readKeys(this.#options.store)).records.length === 0) throw error;
    });
    await this.refresh();
  }

  issuing(): IssuingKey {
    const record = this.#signing('passport');
    if (record.passport === undefined) throw new Error('An issuing key has a passport.');
    return { passport: record.passport, key: this.#signer(record), chain: [] };
  }

  status(): SigningKey {
    return this.#signer(this.#signing('status'));
  }

  evidence(): SigningKey {
    return this.#signer(this.#signing('evidence'));
  }

  intermediates(): readonly Passport[] {
    return this.#present.records.flatMap(({ passport }) => (passport === undefined ? [] : [passport]));
  }

  published(): readonly PublishedKey[] {
    const nowMs = this.#clock();
    return (['root', ...KEY_PURPOSES] as const).flatMap((purpose) => countingOf(this.#present.records, purpose, nowMs));
  }

  keySet(): KeySet | undefined {
    return this.#present.keySet;
  }

  anchor(): AuthorityAnchor {
    const keysOf = (purpose: PublishedKey['purpose']) =>
      this.published()
        .filter((key) => key.purpose === purpose)
        .map(({ jwk }) => jwk);
    return {
      issuer: this.issuer,
      keys: keysOf('root'),
      statusKeys: keysOf('status'),
      evidenceKeys: keysOf('evidence'),
    };
  }

  async rotate(
    purpose: 'root' | KeyPurpose,
    { isCompromised = false }: { readonly isCompromised?: boolean } = {},
  ): Promise<PublishedKey> {
    if (isCompromised && (purpose === 'root' || purpose === 'passport')) {
      const what = purpose === 'root' ? 'verifiers have to be configured anew' : 'revoke the issuing passport';
      throw new AuthorityError('request_invalid', `Of a compromised ${purpose} key: ${what}.`, { member: 'purpose' });
    }
    await this.refresh();
    const nowMs = this.#clock();
    // Before anything is made: without it nothing can be published.
    await this.#maker.loadRoot(oldestRoot(this.#present.records, nowMs));
    const { leadSeconds = 12 * 3600, overlapSeconds = 400 * DAY_SECONDS } = this.#options;
    const signsFromMs = purpose === 'passport' || isCompromised ? nowMs : nowMs + leadSeconds * 1000;
    const times = { notBeforeMs: nowMs, signsFromMs };
    const old = this.#latest(purpose);
    const made = await this.#maker.make(purpose, old.generation + 1, times, this.#latest('root'));
    const [records, replaced] = [[made], [old]];
    if (purpose === 'root') {
      const issuing = this.#latest('passport');
      records.push(await this.#maker.make('passport', issuing.generation + 1, times, made));
      replaced.push(issuing);
    }
    // Which of those that count is the compromised one, nobody can say for sure.
    const ending = isCompromised
      ? countingOf(this.#present.records, purpose, nowMs).map(({ name }) => ({ name, notAfterMs: nowMs }))
      : replaced.map(({ name }) => ({ name, notAfterMs: signsFromMs + overlapSeconds * 1000 }));
    await this.#write({ records, ending }, nowMs);
    await this.refresh();
    return made;
  }

  needsKeySet(): boolean {
    const { keySet, era } = this.#present;
    if (keySet?.era !== era) return true;
    const [issuedAtMs, nextUpdateMs] = [parseTimestamp(keySet.issued_at), parseTimestamp(keySet.next_update)];
    return this.#clock() >= nextUpdateMs - (nextUpdateMs - issuedAtMs) / 3;
  }

  async renewKeySet(): Promise<KeySet> {
    await this.refresh();
    const keySet = await this.#write({ records: [], ending: [] }, this.#clock());
    await this.refresh();
    return keySet;
  }

  async refresh(): Promise<void> {
    await this.#adopt(await readKeys(this.#options.store));
  }

  onChange(listener: (before: KeysBefore) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #adopt(recorded: RecordedKeys): Promise<void> {
    const before = this.#present;
    const signers = new Map<string, SigningKey>();
    for (const purpose of KEY_PURPOSES) {
      const { generation } = signingOf(recorded.records, purpose, this.#clock());
      for (const record of recorded.records) {
        if (record.purpose !== purpose || record.generation < generation) continue;
        signers.set(record.name, before.signers.get(record.name) ?? (await this.#load(record)));
      }
    }
    const status = before.records.length === 0 ? undefined : this.status();
    this.#present = { ...recorded, signers };
    if (status === undefined || recorded.records.length === before.records.length) return;
    for (const listener of this.#listeners) listener({ status });
  }

  async #load(record: KeyRecord): Promise<SigningKey> {
    const key = await this.#options.custody.load(record.name);
    if (key.publicKey.thumbprint !== record.thumbprint) {
      throw new CustodyError(
        'custody_key_malformed',
        `The key "${record.name}" is another one than the database has recorded.`,
      );
    }
    return key;
  }

  /** Records a change of the present keys together with the key set that says so. */
  async #write({ records, ending }: Pick<KeyChange, 'records' | 'ending'>, nowMs: number): Promise<KeySet> {
    const { store, keySetTtlSeconds = 365 * DAY_SECONDS } = this.#options;
    const previousNumber = this.#present.keySet?.number ?? 0;
    const ends = new Map(ending.map(({ name, notAfterMs }) => [name, notAfterMs]));
    const present = this.#present.records.map((record) => {
      const notAfterMs = ends.get(record.name);
      return notAfterMs === undefined ? record : { ...record, notAfterMs };
    });
    const next = [...present, ...records];
    const keySet = await makeKeySet({
      issuer: this.issuer,
      era: this.#present.era,
      records: next,
      previousNumber,
      ttlSeconds: keySetTtlSeconds,
      nowMs,
      rootKey: await this.#maker.loadRoot(oldestRoot(next, nowMs)),
    });
    await writeKeys(store, { records, ending, keySet, previousNumber });
    return keySet;
  }

  #latest(purpose: KeyRecord['purpose']): KeyRecord {
    return needed(this.#present.records.filter((record) => record.purpose === purpose).at(-1), purpose);
  }

  #signing(purpose: KeyPurpose): KeyRecord {
    return signingOf(this.#present.records, purpose, this.#clock());
  }

  #signer({ name }: KeyRecord): SigningKey {
    const signer = this.#present.signers.get(name);
    if (signer === undefined) throw new CustodyError('custody_key_missing', `The key "${name}" has not been opened.`);
    return signer;
  }
}

/** The key that signs now. Where the clock has gone back before all of them, the first. */
function signingOf(records: readonly KeyRecord[], purpose: KeyPurpose, nowMs: number): KeyRecord {
  const all = records.filter((record) => record.purpose === purpose);
  return needed(all.filter(({ signsFromMs }) => signsFromMs <= nowMs).at(-1) ?? all[0], purpose);
}

/** The root that signs key sets: the one that verifiers have known for longest. */
function oldestRoot(records: readonly KeyRecord[], nowMs: number): KeyRecord {
  return needed(countingOf(records, 'root', nowMs).at(-1), 'root');
}

function needed(record: KeyRecord | undefined, purpose: string): KeyRecord {
  if (record !== undefined) return record;
  throw new CustodyError('custody_key_missing', `The database has recorded no key for the purpose "${purpose}".`);
}
