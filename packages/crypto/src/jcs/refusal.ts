import { CryptoError } from '../error.js';

/** The refusal of a value that JSON has no form for: neither null, boolean, number, string, array nor object. */
export function refuseType(value: unknown): CryptoError {
  switch (typeof value) {
    case 'undefined':
      return new CryptoError('json_undefined', 'undefined has no JSON form');
    case 'function':
      return new CryptoError('json_function', 'A function has no JSON form');
    case 'symbol':
      return new CryptoError('json_symbol', 'A symbol has no JSON form');
    case 'bigint':
      return new CryptoError('json_bigint', 'A bigint has no JSON form');
    default:
      return new CryptoError('json_not_plain', 'A value has no JSON form');
  }
}

export function refuseNumber(): CryptoError {
  return new CryptoError('json_not_finite', 'NaN and infinities have no JSON form');
}

export function refuseNotPlain(what: string): CryptoError {
  return new CryptoError('json_not_plain', `Not a plain value: ${what}`);
}

export function refuseLoneSurrogate(): CryptoError {
  return new CryptoError('json_lone_surrogate', 'A string or member name has a lone surrogate');
}

export function refuseTooLarge(what: string): CryptoError {
  return new CryptoError('json_too_large', `${what} is over the limit`);
}

/** The refusal of a container below `maxDepth`, given the containers it is in. */
export function refuseDepth(container: object, path: readonly object[], maxDepth: number): CryptoError {
  if (path.includes(container)) return new CryptoError('json_cycle', 'A value contains itself');
  return new CryptoError('json_too_deep', `Nested deeper than ${maxDepth}`);
}

/** The refusal of a member or an element that is undefined, a function, an accessor, or not there. */
export function refuseProperty(owner: object, name: string | number): CryptoError {
  const property = Object.getOwnPropertyDescriptor(owner, name);
  if (property === undefined) {
    if (Array.isArray(owner)) return new CryptoError('json_sparse_array', 'An array has a hole');
    return refuseNotPlain('an object whose members come and go');
  }
  if (!Object.hasOwn(property, 'value')) return refuseNotPlain('an accessor property');
  if (name === 'toJSON' && typeof property.value === 'function')
    return refuseNotPlain('an object with a toJSON method');
  return refuseType(property.value);
}

/** The refusal of an array with another number of enumerable string keys than elements. */
export function refuseArrayKeys(array: readonly unknown[]): CryptoError {
  for (let i = 0; i < array.length; i += 1) {
    if (!Object.hasOwn(array, i)) return new CryptoError('json_sparse_array', 'An array has a hole');
  }
  return refuseNotPlain('an array with other properties than its elements');
}

/** The refusal of an object or array that has symbol keys, or undefined when none of them is enumerable. */
export function refuseSymbols(owner: object, symbols: readonly symbol[]): CryptoError | undefined {
  if (!symbols.some((symbol) => Object.prototype.propertyIsEnumerable.call(owner, symbol))) return undefined;
  return new CryptoError('json_symbol', 'An object has a symbol as a key');
}
