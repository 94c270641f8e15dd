import { decodeUtf8, encodeUtf8, importPublicKey, randomBytes, sha256 } from '@mcps/crypto';
import type { PublicKey, Signer } from '@mcps/crypto';
import { CustodyError } from '../custody-error.js';
import type { KeyCustody, SigningKey } from '../key-custody.js';
import { isKeyName } from '../key-custody.js';
import { CKA, CKK_EC, CKM, CKO } from './constants.js';
import { Cryptoki } from './cryptoki.js';
import type { Attribute } from './cryptoki.js';
import { P256_PARAMETERS, jwkOfPoint } from './ec-point.js';
import { SessionPool } from './session-pool.js';

export interface Pkcs11CustodyOptions {
  /** Path of the module, a shared library. */
  readonly module: string;
  /** The label of the token that holds the keys. */
  readonly tokenLabel: string;
  /** The user's PIN. */
  readonly pin: string;
  /** Put before a key's name to make its `CKA_LABEL`, so that several authorities can share a token. Default: `mcps:`. */
  readonly labelPrefix?: string;
  /** The most sessions open at once. Default: 2, so that a token that hangs leaves half of the runtime's threads to others. */
  readonly maxSessions?: number;
  /** How long one operation may take, in milliseconds. Default: 10,000. */
  readonly timeLimitMs?: number;
}

/** An authority has a handful of keys, and a few old ones. */
const MAX_KEYS = 1024;

const TRUE = Uint8Array.of(1);
const FALSE = Uint8Array.of(0);

/**
 * Keeps keys in a token behind PKCS #11, such as an HSM: made there, marked sensitive and not extractable, and used there. Needs the package `koffi`.
 *
 * Throws `CustodyError` `custody_unavailable` where the module or the token is not to be had; `custody_passphrase_wrong` for a wrong PIN.
 */
export async function openPkcs11Custody(options: Pkcs11CustodyOptions): Promise<KeyCustody> {
  const { module, tokenLabel, pin, labelPrefix = 'mcps:', maxSessions = 2, timeLimitMs = 10_000 } = options;
  const cryptoki = await Cryptoki.load(module);
  const pool = new SessionPool(cryptoki, { tokenLabel, pin: encodeUtf8(pin), maxSessions, timeLimitMs });
  try {
    // Logs in, so that a wrong PIN is known now rather than at the first signature.
    await pool.run(() => Promise.resolve());
  } catch (error) {
    if (await pool.close()) await cryptoki.finalize().catch(() => undefined);
    throw error;
  }
  return new Pkcs11Custody(cryptoki, pool, labelPrefix);
}

class Pkcs11Custody implements KeyCustody {
  readonly kind = 'pkcs11';

  constructor(
    private readonly cryptoki: Cryptoki,
    private readonly pool: SessionPool,
    private readonly labelPrefix: string,
  ) {}

  names(): Promise<readonly string[]> {
    return this.pool.run(async (session) => {
      const handles = await this.cryptoki.find(session, [classOf(CKO.PRIVATE_KEY), keyType()], MAX_KEYS);
      const names = new Set<string>();
      for (const handle of handles) {
        const name = this.#nameOf(await this.cryptoki.getAttribute(session, handle, CKA.LABEL));
        if (name !== undefined) names.add(name);
      }
      return [...names].sort();
    });
  }

  async load(name: string): Promise<SigningKey> {
    const label = this.#labelOf(name);
    const publicKey = await this.pool.run(async (session) => {
      const [handle] = await this.#find(session, CKO.PUBLIC_KEY, label);
      if (handle === undefined) throw missing(name);
      const point = await this.cryptoki.getAttribute(session, handle, CKA.EC_POINT);
      return importPublicKey(jwkOfPoint(point));
    });
    await this.pool.run((session) => this.#privateHandle(session, name));
    return this.#signer(name, publicKey);
  }

  async create(name: string): Promise<SigningKey> {
    const label = this.#labelOf(name);
    const shared: Attribute[] = [
      [CKA.TOKEN, TRUE],
      [CKA.LABEL, label],
      [CKA.ID, randomBytes(16)],
    ];
    await this.pool.run(async (session) => {
      if ((await this.#find(session, CKO.PRIVATE_KEY, label)).length > 0) throw taken(name);
      const made = await this.cryptoki.generateKeyPair(
        session,
        CKM.EC_KEY_PAIR_GEN,
        [...shared, [CKA.VERIFY, TRUE], [CKA.EC_PARAMS, P256_PARAMETERS]],
        [...shared, [CKA.PRIVATE, TRUE], [CKA.SENSITIVE, TRUE], [CKA.EXTRACTABLE, FALSE], [CKA.SIGN, TRUE]],
      );
      // Tokens do not keep labels unique: of two processes that made one in the same moment, neither keeps it.
      if ((await this.#find(session, CKO.PRIVATE_KEY, label)).length > 1) {
        await this.cryptoki.destroy(session, made.privateKey);
        await this.cryptoki.destroy(session, made.publicKey);
        throw taken(name);
      }
    });
    return this.load(name);
  }

  async remove(name: string): Promise<void> {
    const label = this.#labelOf(name);
    await this.pool.run(async (session) => {
      await this.cryptoki.destroy(session, await this.#privateHandle(session, name));
      for (const handle of await this.#find(session, CKO.PUBLIC_KEY, label)) {
        await this.cryptoki.destroy(session, handle);
      }
    });
  }

  async close(): Promise<void> {
    if (await this.pool.close()) await this.cryptoki.finalize();
  }

  /** Handles belong to a connection with the token and change with it, so the key is looked up for the signature. */
  #signer(name: string, publicKey: PublicKey): Signer & { readonly publicKey: PublicKey } {
    return {
      publicKey,
      format: 'p1363',
      sign: async (data) => {
        // Few tokens hash by themselves; all sign a digest.
        const digest = await sha256(data);
        return this.pool.run(async (session) =>
          this.cryptoki.sign(session, CKM.ECDSA, await this.#privateHandle(session, name), digest),
        );
      },
    };
  }

  async #privateHandle(session: number, name: string): Promise<number> {
    const [handle, ...others] = await this.#find(session, CKO.PRIVATE_KEY, this.#labelOf(name));
    if (handle === undefined) throw missing(name);
    if (others.length > 0) {
      throw new CustodyError('custody_unavailable', `The token has more than one private key called "${name}".`);
    }
    return handle;
  }

  #find(session: number, objectClass: number, label: Uint8Array): Promise<readonly number[]> {
    return this.cryptoki.find(session, [classOf(objectClass), keyType(), [CKA.LABEL, label]], 2);
  }

  #labelOf(name: string): Uint8Array {
    if (!isKeyName(name)) throw new CustodyError('custody_name_invalid', 'No key can have this name.');
    return encodeUtf8(`${this.labelPrefix}${name}`);
  }

  #nameOf(label: Uint8Array): string | undefined {
    try {
      const text = decodeUtf8(label);
      const name = text.startsWith(this.labelPrefix) ? text.slice(this.labelPrefix.length) : undefined;
      return isKeyName(name) ? name : undefined;
    } catch {
      // Another program's label.
      return undefined;
    }
  }
}

function classOf(objectClass: number): Attribute {
  return [CKA.CLASS, ulong(objectClass)];
}

function keyType(): Attribute {
  return [CKA.KEY_TYPE, ulong(CKK_EC)];
}

/** A `CK_ULONG` as an attribute's value, in the platform's size and order. */
function ulong(value: number): Uint8Array {
  return new Uint8Array(
    process.platform === 'win32' ? Uint32Array.of(value).buffer : BigUint64Array.of(BigInt(value)).buffer,
  );
}

function missing(name: string): CustodyError {
  return new CustodyError('custody_key_missing', `The token has no key "${name}".`);
}

function taken(name: string): CustodyError {
  return new CustodyError('custody_key_exists', `The token has a key "${name}" already.`);
}
