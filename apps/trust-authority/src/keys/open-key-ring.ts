import { issuePassport, systemClock } from '@mcps/protocol';
import type { Clock, Passport } from '@mcps/protocol';
import { CustodyError } from '../custody/custody-error.js';
import type { KeyCustody, SigningKey } from '../custody/key-custody.js';
import type { Store } from '../store/store.js';
import { VERSION } from '../version.js';
import { readKeyRecords, writeKeyRecords } from './key-records.js';
import type { KeyRecord } from './key-records.js';
import type { AuthorityAnchor, IssuingKey, KeyPurpose, KeyRing, PublishedKey } from './key-ring.js';
import { KEY_PURPOSES } from './key-ring.js';

export interface KeyRingOptions {
  readonly store: Store;
  readonly custody: KeyCustody;
  /** Where the root is, if not with the other keys. */
  readonly rootCustody?: KeyCustody;
  readonly issuer: string;
  readonly clock?: Clock;
  /** How long an issuing passport counts. It is what ends the trust in an online key that was stolen unnoticed. Default: a year. */
  readonly issuingTtlSeconds?: number;
  /** How long a status or evidence key that was replaced still counts. Default: 400 days, more than any evidence lives. */
  readonly overlapSeconds?: number;
}

const DAY_SECONDS = 86_400;
const CUSTODY_NAMES: Readonly<Record<'root' | KeyPurpose, string>> = {
  root: 'root',
  passport: 'intermediate',
  status: 'status',
  evidence: 'evidence',
};

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

interface Present {
  readonly records: readonly KeyRecord[];
  readonly signers: ReadonlyMap<string, SigningKey>;
}

class StoredKeyRing implements KeyRing {
  readonly issuer: string;
  readonly #options: KeyRingOptions;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();
  #present: Present = { records: [], signers: new Map() };

  constructor(options: KeyRingOptions) {
    this.issuer = options.issuer;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async open(): Promise<void> {
    const records = await readKeyRecords(this.#options.store);
    if (records.length > 0) return this.#adopt(records);
    const made = await this.#makeFirst();
    // Another replica may have been first: what is recorded counts.
    await writeKeyRecords(this.#options.store, made).catch(async (error: unknown) => {
      if ((await readKeyRecords(this.#options.store)).length === 0) throw error;
    });
    await this.#adopt(await readKeyRecords(this.#options.store));
  }

  issuing(): IssuingKey {
    const record = this.#latest('passport');
    if (record.passport === undefined) throw new Error('An issuing key has a passport.');
    return { passport: record.passport, key: this.#signer(record), chain: [] };
  }

  status(): SigningKey {
    return this.#signer(this.#latest('status'));
  }

  evidence(): SigningKey {
    return this.#signer(this.#latest('evidence'));
  }

  intermediates(): readonly Passport[] {
    return this.#present.records.flatMap(({ passport }) => (passport === undefined ? [] : [passport]));
  }

  published(): readonly PublishedKey[] {
    const nowMs = this.#clock();
    const counting = this.#present.records.filter(({ notAfterMs }) => notAfterMs === undefined || nowMs < notAfterMs);
    const order = ['root', ...KEY_PURPOSES];
    const rank = ({ purpose }: PublishedKey) => order.indexOf(purpose);
    return [...counting].sort((a, b) => (rank(a) === rank(b) ? b.generation - a.generation : rank(a) - rank(b)));
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

  async rotate(purpose: KeyPurpose): Promise<PublishedKey> {
    await this.refresh();
    const nowMs = this.#clock();
    const old = this.#latest(purpose);
    const generation = old.generation + 1;
    const record = await this.#make(purpose, generation, nowMs);
    const { overlapSeconds = 400 * DAY_SECONDS } = this.#options;
    await writeKeyRecords(
      this.#options.store,
      [record],
      [{ name: old.name, notAfterMs: nowMs + overlapSeconds * 1000 }],
    );
    await this.refresh();
    return record;
  }

  async refresh(): Promise<void> {
    await this.#adopt(await readKeyRecords(this.#options.store));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #adopt(records: readonly KeyRecord[]): Promise<void> {
    const before = this.#present;
    const signers = new Map<string, SigningKey>();
    for (const purpose of KEY_PURPOSES) {
      const record = latestOf(records, purpose);
      signers.set(record.name, before.signers.get(record.name) ?? (await this.#load(record)));
    }
    this.#present = { records, signers };
    if (records.length === before.records.length) return;
    for (const listener of this.#listeners) listener();
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

  async #makeFirst(): Promise<readonly KeyRecord[]> {
    const nowMs = this.#clock();
    const root = await this.#take(this.#rootCustody, `${CUSTODY_NAMES.root}-1`);
    const records: KeyRecord[] = [recordOf(`${CUSTODY_NAMES.root}-1`, 'root', 1, root, nowMs)];
    for (const purpose of KEY_PURPOSES) records.push(await this.#make(purpose, 1, nowMs));
    return records;
  }

  async #make(purpose: KeyPurpose, generation: number, nowMs: number): Promise<KeyRecord> {
    const name = `${CUSTODY_NAMES[purpose]}-${generation}`;
    const key = await this.#take(this.#options.custody, name);
    const record = recordOf(name, purpose, generation, key, nowMs);
    if (purpose !== 'passport') return record;
    const root = await this.#rootCustody.load(`${CUSTODY_NAMES.root}-1`);
    return { ...record, passport: await this.#issuingPassport(root, key, generation, nowMs) };
  }

  /** The key of that name, made where it is missing: an earlier try may have been interrupted before the keys were recorded. */
  async #take(custody: KeyCustody, name: string): Promise<SigningKey> {
    try {
      return await custody.create(name);
    } catch (error) {
      const isThere =
        error instanceof CustodyError && (error.code === 'custody_key_exists' || error.code === 'custody_unsupported');
      if (!isThere) throw error;
      return custody.load(name);
    }
  }

  #issuingPassport(root: SigningKey, key: SigningKey, generation: number, issuedAtMs: number): Promise<Passport> {
    return issuePassport({
      authority: { issuer: this.issuer, key: root },
      subject: {
        name: `${this.issuer} issuing ${generation}`,
        version: VERSION,
        publicKey: key.publicKey,
        capabilities: ['*'],
        trustLevel: 4,
        issuing: { depth: 3, level: 4, capabilities: ['*'] },
      },
      issuedAtMs,
      ttlSeconds: this.#options.issuingTtlSeconds ?? 365 * DAY_SECONDS,
    });
  }

  get #rootCustody(): KeyCustody {
    return this.#options.rootCustody ?? this.#options.custody;
  }

  #latest(purpose: KeyPurpose): KeyRecord {
    return latestOf(this.#present.records, purpose);
  }

  #signer({ name }: KeyRecord): SigningKey {
    const signer = this.#present.signers.get(name);
    if (signer === undefined) throw new CustodyError('custody_key_missing', `The key "${name}" has not been opened.`);
    return signer;
  }
}

function latestOf(records: readonly KeyRecord[], purpose: KeyPurpose): KeyRecord {
  const latest = records.filter((record) => record.purpose === purpose).at(-1);
  if (latest === undefined) {
    throw new CustodyError('custody_key_missing', `The database has recorded no key for the purpose "${purpose}".`);
  }
  return latest;
}

function recordOf(
  name: string,
  purpose: KeyRecord['purpose'],
  generation: number,
  { publicKey: { jwk, thumbprint } }: SigningKey,
  notBeforeMs: number,
): KeyRecord {
  return { name, purpose, generation, jwk, thumbprint, notBeforeMs };
}
