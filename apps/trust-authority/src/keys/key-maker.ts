import { issuePassport } from '@mcps/protocol';
import type { Passport } from '@mcps/protocol';
import { CustodyError } from '../custody/custody-error.js';
import type { KeyCustody, SigningKey } from '../custody/key-custody.js';
import { VERSION } from '../version.js';
import type { KeyRecord } from './key-records.js';
import { KEY_PURPOSES } from './key-ring.js';

export interface KeyMakerOptions {
  readonly custody: KeyCustody;
  /** Where the root is, if not with the other keys. */
  readonly rootCustody?: KeyCustody;
  readonly issuer: string;
  /** How long an issuing passport counts. Default: a year. */
  readonly issuingTtlSeconds?: number;
}

/** Milliseconds since the Unix epoch. */
export interface KeyTimes {
  readonly notBeforeMs: number;
  readonly signsFromMs: number;
}

const DAY_SECONDS = 86_400;
const CUSTODY_NAMES: Readonly<Record<KeyRecord['purpose'], string>> = {
  root: 'root',
  passport: 'intermediate',
  status: 'status',
  evidence: 'evidence',
};

/** Makes keys in their custody, and issuing passports for those that issue. Records nothing. */
export class KeyMaker {
  readonly #options: KeyMakerOptions;

  constructor(options: KeyMakerOptions) {
    this.#options = options;
  }

  /** The keys of a new authority. */
  async makeFirst(nowMs: number): Promise<readonly KeyRecord[]> {
    const times = { notBeforeMs: nowMs, signsFromMs: nowMs };
    const root = await this.make('root', 1, times);
    const records: KeyRecord[] = [root];
    for (const purpose of KEY_PURPOSES) records.push(await this.make(purpose, 1, times, root));
    return records;
  }

  /** Makes a key. `root` signs the passport of an issuing key. */
  async make(purpose: KeyRecord['purpose'], generation: number, times: KeyTimes, root?: KeyRecord): Promise<KeyRecord> {
    const name = `${CUSTODY_NAMES[purpose]}-${generation}`;
    const key = await take(purpose === 'root' ? this.#rootCustody : this.#options.custody, name);
    const { jwk, thumbprint } = key.publicKey;
    const record: KeyRecord = { name, purpose, generation, jwk, thumbprint, ...times };
    if (purpose !== 'passport' || root === undefined) return record;
    const passport = await this.#issuingPassport(await this.loadRoot(root), key, generation, times.notBeforeMs);
    return { ...record, passport };
  }

  /** Rejects with `CustodyError` `custody_key_missing` where that root is not at hand. */
  async loadRoot({ name, thumbprint }: KeyRecord): Promise<SigningKey> {
    const key = await this.#rootCustody.load(name);
    if (key.publicKey.thumbprint !== thumbprint) {
      throw new CustodyError(
        'custody_key_malformed',
        `The key "${name}" is another one than the database has recorded.`,
      );
    }
    return key;
  }

  #issuingPassport(root: SigningKey, key: SigningKey, generation: number, issuedAtMs: number): Promise<Passport> {
    const { issuer, issuingTtlSeconds = 365 * DAY_SECONDS } = this.#options;
    return issuePassport({
      authority: { issuer, key: root },
      subject: {
        name: `${issuer} issuing ${generation}`,
        version: VERSION,
        publicKey: key.publicKey,
        capabilities: ['*'],
        trustLevel: 4,
        issuing: { depth: 3, level: 4, capabilities: ['*'] },
      },
      issuedAtMs,
      ttlSeconds: issuingTtlSeconds,
    });
  }

  get #rootCustody(): KeyCustody {
    return this.#options.rootCustody ?? this.#options.custody;
  }
}

/** The key of that name, made where it is missing: an earlier try may have been interrupted before the keys were recorded. */
async function take(custody: KeyCustody, name: string): Promise<SigningKey> {
  try {
    return await custody.create(name);
  } catch (error) {
    const isThere =
      error instanceof CustodyError && (error.code === 'custody_key_exists' || error.code === 'custody_unsupported');
    if (!isThere) throw error;
    return custody.load(name);
  }
}
