import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeBase64Url, encodeUtf8, exportPrivateDer, generateKeyPair, importPrivateKey } from '@mcps/crypto';
import { formatTimestamp, systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { removeFileDurably, writeFileDurably } from '../../files/durable-file.js';
import { PrivateFileError, ensurePrivateFolder, readPrivateFile } from '../../files/private-file.js';
import { CustodyError } from '../custody-error.js';
import type { KeyCustody, SigningKey } from '../key-custody.js';
import { isKeyName } from '../key-custody.js';
import { deriveKey, newDerivation, seal, unseal } from './key-encryption.js';
import type { KeyEncryptionKey } from './key-encryption.js';
import { KEY_FILE_FORMAT, KEY_FILE_MAX_BYTES, checkScryptCost, parseKeyFile } from './key-file.js';
import type { KeyFile, ScryptCost } from './key-file.js';

export interface FileCustodyOptions {
  /** Made with mode 0700 where it is missing; refused where others than its owner have access. */
  readonly folder: string;
  /** Encrypts new keys and opens old ones. */
  readonly passphrase: string;
  /** For new keys; a file says by itself what it was made with. Default: 128 MiB of memory, n = 2^17, r = 8, p = 1. */
  readonly scrypt?: ScryptCost;
  readonly clock?: Clock;
}

const DEFAULT_COST: ScryptCost = { n: 2 ** 17, r: 8, p: 1 };
const MIN_PASSPHRASE_LENGTH = 12;
const MAX_PASSPHRASE_LENGTH = 1024;
const SUFFIX = '.key.json';

/**
 * Keeps each key in a file of its own, encrypted with AES-256-GCM under a key that scrypt derives from a passphrase. A file stands by itself: moved to
 * another machine it opens with the same passphrase, which is how a root key goes offline.
 *
 * Throws `CustodyError` `custody_permissions`, `custody_passphrase_wrong` for a passphrase under 12 or over 1024 characters, `custody_key_malformed` for
 * a cost out of bounds.
 */
export async function openFileCustody(options: FileCustodyOptions): Promise<KeyCustody> {
  const { folder, passphrase, scrypt = DEFAULT_COST, clock = systemClock } = options;
  checkScryptCost(scrypt);
  if (passphrase.length < MIN_PASSPHRASE_LENGTH || passphrase.length > MAX_PASSPHRASE_LENGTH) {
    throw new CustodyError(
      'custody_passphrase_wrong',
      `A passphrase has ${MIN_PASSPHRASE_LENGTH} to ${MAX_PASSPHRASE_LENGTH} characters.`,
    );
  }
  await withPermissions(() => ensurePrivateFolder(folder));
  return new FileCustody(folder, encodeUtf8(passphrase), scrypt, clock);
}

class FileCustody implements KeyCustody {
  readonly kind = 'encrypted-file';
  readonly #folder: string;
  readonly #passphrase: Uint8Array;
  readonly #cost: ScryptCost;
  readonly #clock: Clock;
  /** Derived keys by their parameters: deriving is slow on purpose, and new keys share the salt of those beside them. */
  readonly #derived = new Map<string, Promise<KeyEncryptionKey>>();

  constructor(folder: string, passphrase: Uint8Array, cost: ScryptCost, clock: Clock) {
    this.#folder = folder;
    this.#passphrase = passphrase;
    this.#cost = cost;
    this.#clock = clock;
  }

  async names(): Promise<readonly string[]> {
    const files = await readdir(this.#folder);
    const names = files.filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length));
    return names.filter(isKeyName).sort();
  }

  async load(name: string): Promise<SigningKey> {
    const file = await this.#read(name);
    const pkcs8 = unseal(file, await this.#derive(file.header.kdf));
    try {
      const key = await importPrivateKey(pkcs8, { extractable: false });
      const { x, y } = key.publicKey.jwk;
      if (x !== file.header.public_key.x || y !== file.header.public_key.y) {
        throw new CustodyError('custody_key_malformed', `The file of "${name}" names another public key.`);
      }
      return key;
    } finally {
      pkcs8.fill(0);
    }
  }

  async create(name: string): Promise<SigningKey> {
    const path = this.#pathOf(name);
    const encryptionKey = await this.#encryptionKey();
    const { privateKey, publicKey } = await generateKeyPair({ extractable: true });
    const pkcs8 = await exportPrivateDer(privateKey);
    try {
      const created_at = formatTimestamp(this.#clock());
      const file = seal({ format: KEY_FILE_FORMAT, name, public_key: publicKey.jwk, created_at }, pkcs8, encryptionKey);
      await writeFileDurably(path, textOf(file), { exclusive: true });
    } catch (error) {
      if (isSystemError(error, 'EEXIST')) {
        throw new CustodyError('custody_key_exists', `There is a key "${name}" already.`);
      }
      throw error;
    } finally {
      pkcs8.fill(0);
    }
    return importPrivateKey(privateKey, { extractable: false });
  }

  async remove(name: string): Promise<void> {
    try {
      await removeFileDurably(this.#pathOf(name));
    } catch (error) {
      throw isSystemError(error, 'ENOENT') ? missing(name) : error;
    }
  }

  close(): Promise<void> {
    this.#derived.clear();
    this.#passphrase.fill(0);
    return Promise.resolve();
  }

  #pathOf(name: string): string {
    if (!isKeyName(name)) throw new CustodyError('custody_name_invalid', 'No key can have this name.');
    return join(this.#folder, `${name}${SUFFIX}`);
  }

  async #read(name: string): Promise<KeyFile> {
    const path = this.#pathOf(name);
    const content = await withPermissions(() => readPrivateFile(path, KEY_FILE_MAX_BYTES)).catch((error: unknown) => {
      throw isSystemError(error, 'ENOENT') ? missing(name) : error;
    });
    const file = parseKeyFile(content);
    // The name is authenticated with the rest, so that one key cannot be put in the place of another.
    if (file.header.name !== name) {
      throw new CustodyError('custody_key_malformed', `The file of "${name}" holds the key "${file.header.name}".`);
    }
    return file;
  }

  async #derive(kdf: KeyEncryptionKey['kdf']): Promise<KeyEncryptionKey> {
    const parameters = parametersOf(kdf);
    let derived = this.#derived.get(parameters);
    if (derived === undefined) {
      derived = deriveKey(this.#passphrase, kdf);
      this.#derived.set(parameters, derived);
    }
    try {
      return await derived;
    } catch (error) {
      this.#derived.delete(parameters);
      throw error;
    }
  }

  /**
   * For a new key: the key that encrypts those beside it, so that a start derives once. A passphrase that does not open them encrypts no new one either:
   * that would be a typing error, found when the key is needed most.
   */
  async #encryptionKey(): Promise<KeyEncryptionKey> {
    const [neighbour] = await this.names();
    if (neighbour !== undefined) {
      const file = await this.#read(neighbour);
      const encryptionKey = await this.#derive(file.header.kdf);
      unseal(file, encryptionKey).fill(0);
      if (sameCost(file.header.kdf, this.#cost)) return encryptionKey;
    }
    return this.#derive(newDerivation(this.#cost));
  }
}

function sameCost(a: ScryptCost, b: ScryptCost): boolean {
  return a.n === b.n && a.r === b.r && a.p === b.p;
}

function parametersOf({ n, r, p, salt }: KeyEncryptionKey['kdf']): string {
  return `${n}:${r}:${p}:${salt}`;
}

function textOf({ header, ciphertext }: KeyFile): string {
  return `${JSON.stringify({ ...header, ciphertext: encodeBase64Url(ciphertext) }, undefined, 2)}\n`;
}

async function withPermissions<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof PrivateFileError)) throw error;
    const code = error.code === 'file_too_large' ? 'custody_key_malformed' : 'custody_permissions';
    throw new CustodyError(code, error.message, { cause: error });
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function missing(name: string): CustodyError {
  return new CustodyError('custody_key_missing', `There is no key "${name}".`);
}
