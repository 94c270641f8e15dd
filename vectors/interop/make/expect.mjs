// The maker writes nothing unless every outcome is the one that the case announces.
import { isDeepStrictEqual } from 'node:util';

export function expectSame(what, actual, expected) {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`);
}

/** The error that `call` rejects with, told by class and code; `undefined` where it does not reject. */
export async function faultOf(call) {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error.reason ?? error.code ?? error.name;
  }
}
