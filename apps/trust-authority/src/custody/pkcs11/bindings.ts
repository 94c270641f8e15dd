import type * as koffiModule from 'koffi';
import { CustodyError } from '../custody-error.js';
import { FUNCTION_INDEX } from './constants.js';
import type { FunctionName } from './constants.js';

type Koffi = typeof koffiModule;
type TypeSpec = Parameters<Koffi['out']>[0];

/** Calls a function of the module off the main thread and resolves to its `CK_RV`. */
export type Call = (name: FunctionName, ...args: readonly unknown[]) => Promise<number>;

/** `CK_MECHANISM`, `CK_ATTRIBUTE` and `CK_C_INITIALIZE_ARGS` as plain objects. */
export interface Mechanism {
  readonly mechanism: number;
  readonly pParameter: null;
  readonly ulParameterLen: 0;
}
export interface AttributeStruct {
  readonly type: number;
  readonly pValue: Uint8Array;
  /** Written by the module where the attribute is asked for. */
  ulValueLen: number;
}

export interface Bindings {
  readonly call: Call;
  /** Bytes of a `CK_ULONG`: 8, but 4 on Windows. */
  readonly ulongBytes: number;
}

/** Throws `CustodyError` `custody_unavailable` where the module, or the package `koffi` that calls it, cannot be loaded. */
export async function bindModule(modulePath: string): Promise<Bindings> {
  const koffi = await loadKoffi();
  let library: ReturnType<Koffi['load']>;
  let functionList: unknown;
  try {
    library = koffi.load(modulePath);
    const found: unknown[] = [null];
    const getFunctionList = library.func('C_GetFunctionList', 'ulong', [koffi.out(koffi.pointer('void *'))]);
    getFunctionList(found);
    functionList = found[0];
  } catch (cause) {
    throw new CustodyError('custody_unavailable', `The PKCS #11 module ${modulePath} cannot be loaded.`, { cause });
  }
  const functions = bindFunctions(koffi, functionList);
  // What a call points at must not be collected while another thread works with it.
  const inUse = new Set<readonly unknown[]>();
  const call: Call = async (name, ...args) => {
    inUse.add(args);
    try {
      return await functions[name](...args);
    } finally {
      inUse.delete(args);
    }
  };
  return { call, ulongBytes: koffi.sizeof('ulong') };
}

async function loadKoffi(): Promise<Koffi> {
  try {
    return await import('koffi');
  } catch (cause) {
    throw new CustodyError('custody_unavailable', 'PKCS #11 needs the package "koffi": npm install koffi', { cause });
  }
}

type AsyncFunction = (...args: unknown[]) => Promise<number>;

interface NativeFunction {
  /** The arguments, then `(error, result)`. */
  readonly async: (...args: unknown[]) => void;
}

function bindFunctions(koffi: Koffi, list: unknown): Record<FunctionName, AsyncFunction> {
  // The standard has structures packed to single bytes on Windows, and aligned as usual elsewhere.
  const packed = process.platform === 'win32';
  const struct = packed ? koffi.pack : koffi.struct;
  const pointerBytes = koffi.sizeof('void *');
  const versionBytes = packed ? 2 : pointerBytes;

  const ulong = 'ulong';
  const bytes = 'void *';
  const ulongOut = koffi.out(koffi.pointer(ulong));
  const ulongInOut = koffi.inout(koffi.pointer(ulong));
  const mechanism = koffi.pointer(struct({ mechanism: ulong, pParameter: bytes, ulParameterLen: ulong }));
  const attribute = koffi.pointer(struct({ type: ulong, pValue: bytes, ulValueLen: ulong }));
  const initializeArguments = koffi.pointer(
    struct({
      CreateMutex: bytes,
      DestroyMutex: bytes,
      LockMutex: bytes,
      UnlockMutex: bytes,
      flags: ulong,
      pReserved: bytes,
    }),
  );

  const signatures: Record<FunctionName, TypeSpec[]> = {
    C_Initialize: [initializeArguments],
    C_Finalize: [bytes],
    C_GetSlotList: ['uint8', bytes, ulongInOut],
    C_GetTokenInfo: [ulong, bytes],
    C_OpenSession: [ulong, ulong, bytes, bytes, ulongOut],
    C_CloseSession: [ulong],
    C_Login: [ulong, ulong, bytes, ulong],
    C_DestroyObject: [ulong, ulong],
    C_GetAttributeValue: [ulong, ulong, koffi.inout(attribute), ulong],
    C_FindObjectsInit: [ulong, attribute, ulong],
    C_FindObjects: [ulong, bytes, ulong, ulongOut],
    C_FindObjectsFinal: [ulong],
    C_SignInit: [ulong, mechanism, ulong],
    C_Sign: [ulong, bytes, ulong, bytes, ulongInOut],
    C_GenerateKeyPair: [ulong, mechanism, attribute, ulong, attribute, ulong, ulongOut, ulongOut],
  };
  const bind = (name: FunctionName): AsyncFunction => {
    const address: unknown = koffi.decode(list, versionBytes + FUNCTION_INDEX[name] * pointerBytes, bytes);
    const bound = koffi.decode(address, koffi.proto('ulong', signatures[name])) as NativeFunction;
    return (...args) =>
      new Promise((resolve, reject) => {
        bound.async(...args, (error: Error | null, returnValue: number) => {
          if (error === null) resolve(returnValue);
          else reject(error);
        });
      });
  };
  const entries = (Object.keys(signatures) as FunctionName[]).map((name) => [name, bind(name)] as const);
  return Object.fromEntries<AsyncFunction>(entries) as Record<FunctionName, AsyncFunction>;
}
