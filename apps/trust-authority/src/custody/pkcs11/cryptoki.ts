import { CustodyError } from '../custody-error.js';
import { bindModule } from './bindings.js';
import type { AttributeStruct, Call, Mechanism } from './bindings.js';
import { CKF, CKR, CKU_USER, describeReturnValue } from './constants.js';
import type { FunctionName } from './constants.js';

/** A function of the module answered with something else than `CKR_OK`. */
export class CryptokiError extends CustodyError {
  /** The `CK_RV`. */
  readonly returnValue: number;

  constructor(name: FunctionName, returnValue: number) {
    super('custody_unavailable', `The PKCS #11 module answered ${name} with ${describeReturnValue(returnValue)}.`);
    this.returnValue = returnValue;
  }
}

/** An attribute of an object: its `CKA_` number and its value's bytes. */
export type Attribute = readonly [type: number, value: Uint8Array];

export interface KeyPairHandles {
  readonly publicKey: number;
  readonly privateKey: number;
}

const TOKEN_LABEL_BYTES = 32;
/** More than `CK_TOKEN_INFO` has on any platform. */
const TOKEN_INFO_BYTES = 512;
const MAX_SLOTS = 256;
const MAX_ATTRIBUTE_BYTES = 4096;
const MAX_SIGNATURE_BYTES = 512;

/**
 * The functions of a PKCS #11 module (Cryptoki) that are used here. Each runs off the main thread, since a token may be at the other end of a network,
 * and rejects with {@link CryptokiError} unless the module answers `CKR_OK`.
 */
export class Cryptoki {
  readonly #call: Call;
  readonly #ulongBytes: number;
  readonly #isOurs: boolean;

  private constructor(call: Call, ulongBytes: number, isOurs: boolean) {
    this.#call = call;
    this.#ulongBytes = ulongBytes;
    this.#isOurs = isOurs;
  }

  /** Loads and initialises a module. Throws `CustodyError` `custody_unavailable`. */
  static async load(modulePath: string): Promise<Cryptoki> {
    const { call, ulongBytes } = await bindModule(modulePath);
    const returnValue = await call('C_Initialize', {
      CreateMutex: null,
      DestroyMutex: null,
      LockMutex: null,
      UnlockMutex: null,
      flags: CKF.OS_LOCKING_OK,
      pReserved: null,
    });
    // Someone else in this process may use the module too: then it is theirs to finalise.
    const isOurs = returnValue === CKR.OK;
    if (!isOurs && returnValue !== CKR.CRYPTOKI_ALREADY_INITIALIZED) {
      throw new CryptokiError('C_Initialize', returnValue);
    }
    return new Cryptoki(call, ulongBytes, isOurs);
  }

  /** The slots that have a token, with the tokens' labels. */
  async tokens(): Promise<readonly { readonly slot: number; readonly label: string }[]> {
    const list = Buffer.alloc(MAX_SLOTS * this.#ulongBytes);
    const count = [MAX_SLOTS];
    await this.#expectOk('C_GetSlotList', 1, list, count);
    const tokens: { slot: number; label: string }[] = [];
    for (const slot of this.#numbersIn(list, count[0] ?? 0)) {
      const info = Buffer.alloc(TOKEN_INFO_BYTES);
      await this.#expectOk('C_GetTokenInfo', slot, info);
      tokens.push({ slot, label: info.toString('utf8', 0, TOKEN_LABEL_BYTES).trimEnd() });
    }
    return tokens;
  }

  /** Opens a session that may write, and returns its handle. */
  async openSession(slot: number): Promise<number> {
    const session = [0];
    await this.#expectOk('C_OpenSession', slot, CKF.SERIAL_SESSION | CKF.RW_SESSION, null, null, session);
    return first(session);
  }

  async closeSession(session: number): Promise<void> {
    await this.#expectOk('C_CloseSession', session);
  }

  /** Logs in as the user; that counts for all sessions of this process with the token. */
  async login(session: number, pin: Uint8Array): Promise<void> {
    const returnValue = await this.#call('C_Login', session, CKU_USER, pin, pin.length);
    if (returnValue !== CKR.OK && returnValue !== CKR.USER_ALREADY_LOGGED_IN) {
      throw new CryptokiError('C_Login', returnValue);
    }
  }

  /** The handles of the objects with these attributes, of at most `most`. */
  async find(session: number, template: readonly Attribute[], most: number): Promise<readonly number[]> {
    const attributes = template.map(toStruct);
    await this.#expectOk('C_FindObjectsInit', session, attributes, attributes.length);
    try {
      const handles = Buffer.alloc(most * this.#ulongBytes);
      const count = [0];
      await this.#expectOk('C_FindObjects', session, handles, most, count);
      return this.#numbersIn(handles, Math.min(first(count), most));
    } finally {
      await this.#expectOk('C_FindObjectsFinal', session);
    }
  }

  async getAttribute(session: number, object: number, type: number): Promise<Uint8Array> {
    const value = new Uint8Array(MAX_ATTRIBUTE_BYTES);
    // The pointer in the structure is overwritten with a number on return: the bytes are read from `value`.
    const asked: AttributeStruct[] = [{ type, pValue: value, ulValueLen: value.length }];
    await this.#expectOk('C_GetAttributeValue', session, object, asked, 1);
    const length = asked[0]?.ulValueLen ?? 0;
    // An attribute that cannot be told has the highest number there is for its length.
    if (length > value.length) throw new CustodyError('custody_unavailable', 'The token does not tell an attribute.');
    return value.slice(0, length);
  }

  async generateKeyPair(
    session: number,
    mechanism: number,
    publicTemplate: readonly Attribute[],
    privateTemplate: readonly Attribute[],
  ): Promise<KeyPairHandles> {
    const publicKey = [0];
    const privateKey = [0];
    const [forPublic, forPrivate] = [publicTemplate.map(toStruct), privateTemplate.map(toStruct)];
    await this.#expectOk(
      'C_GenerateKeyPair',
      session,
      plain(mechanism),
      forPublic,
      forPublic.length,
      forPrivate,
      forPrivate.length,
      publicKey,
      privateKey,
    );
    return { publicKey: first(publicKey), privateKey: first(privateKey) };
  }

  async destroy(session: number, object: number): Promise<void> {
    await this.#expectOk('C_DestroyObject', session, object);
  }

  /** Signs with a mechanism that has no parameters. A session does one such operation at a time. */
  async sign(session: number, mechanism: number, key: number, data: Uint8Array): Promise<Uint8Array> {
    await this.#expectOk('C_SignInit', session, plain(mechanism), key);
    const signature = new Uint8Array(MAX_SIGNATURE_BYTES);
    const length = [signature.length];
    await this.#expectOk('C_Sign', session, data, data.length, signature, length);
    return signature.slice(0, Math.min(first(length), signature.length));
  }

  async finalize(): Promise<void> {
    if (this.#isOurs) await this.#expectOk('C_Finalize', null);
  }

  async #expectOk(name: FunctionName, ...args: readonly unknown[]): Promise<void> {
    const returnValue = await this.#call(name, ...args);
    if (returnValue !== CKR.OK) throw new CryptokiError(name, returnValue);
  }

  #numbersIn(bytes: Buffer, count: number): readonly number[] {
    const read = (offset: number) =>
      this.#ulongBytes === 8 ? Number(readNative64(bytes, offset)) : readNative32(bytes, offset);
    return Array.from({ length: count }, (_, index) => read(index * this.#ulongBytes));
  }
}

// Every platform that Node runs PKCS #11 modules on, bar s390x, is little-endian; a typed array follows the platform anyway.
function readNative64(bytes: Buffer, offset: number): bigint {
  return new BigUint64Array(Uint8Array.from(bytes.subarray(offset, offset + 8)).buffer)[0] ?? 0n;
}

function readNative32(bytes: Buffer, offset: number): number {
  return new Uint32Array(Uint8Array.from(bytes.subarray(offset, offset + 4)).buffer)[0] ?? 0;
}

function toStruct([type, value]: Attribute): AttributeStruct {
  return { type, pValue: value, ulValueLen: value.length };
}

function plain(mechanism: number): Mechanism {
  return { mechanism, pParameter: null, ulParameterLen: 0 };
}

function first(numbers: readonly number[]): number {
  return numbers[0] ?? 0;
}
