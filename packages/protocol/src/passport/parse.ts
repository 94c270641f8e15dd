import { CryptoError, canonicalize, parseJson } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { MAX_PASSPORT_BYTES } from './limits.js';
import { readAnyPassport, readPassport } from './read-passport.js';
import type { Passport, UnsignedPassport } from './types.js';

/** A passport as it comes in: its JSON text, that text in UTF-8, or the parsed object. */
export type PassportSource = string | Uint8Array | Passport | object;

/** A well-formed passport of which nothing has been verified: anybody can have written it. */
export interface UnverifiedPassport {
  /** A copy of its own, frozen in depth. */
  readonly passport: Passport;
}

export interface ParsePassportOptions {
  /** Default 8192. */
  readonly maxBytes?: number;
  /** Accept a passport that its issuer has not signed yet, whoever that is: what it is held to is its form. Default false. */
  readonly allowUnsigned?: boolean;
}

/** A JSON text may write each byte of the RFC 8785 form as `\u00XX`: six times its size is the most that can still fit. */
const MAX_EXPANSION = 6;

// The deepest member of the format is at 6; embedded scan results may be nested further.
const LIMITS = { maxDepth: 32, maxKeys: 8192 };

const PARSED = new WeakSet<object>();

/**
 * Reads a passport and checks, in this order: its size (UTF-8 bytes of its RFC 8785 form, at most `maxBytes`), its shape (exact members, types
 * and formats) and the number of its issuers (at most 5, never cut). No signature, time or issuer is looked at.
 *
 * A JSON text longer than six times `maxBytes` is refused for its size without being parsed.
 *
 * Throws `McpsError`: `passport_too_large`, `passport_malformed`, `chain_too_deep`; `TypeError` for a `maxBytes` that is no size.
 */
export function parsePassport(source: PassportSource, options: ParsePassportOptions = {}): UnverifiedPassport {
  const { maxBytes = MAX_PASSPORT_BYTES, allowUnsigned = false } = options;
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) throw new TypeError('maxBytes must be a whole number from 1 on');
  const passport = readPassport(privateCopy(source, maxBytes), allowUnsigned);
  const parsed: UnverifiedPassport = Object.freeze({ passport: deepFreeze(passport) });
  // One that need not be signed is read once more, and refused, where it is to be verified.
  if (!allowUnsigned) PARSED.add(parsed);
  return parsed;
}

/** Reads and copies a passport that the local caller is about to sign; a signature that it may carry is left out. Throws as {@link parsePassport} does. */
export function parseUnsignedPassport(source: object): UnsignedPassport {
  const { signature: _signature, ...unsigned } = readAnyPassport(privateCopy(source, MAX_PASSPORT_BYTES));
  return deepFreeze(unsigned);
}

/** Whether `value` is the very object that {@link parsePassport} returned. */
export function isParsedPassport(value: unknown): value is UnverifiedPassport {
  return typeof value === 'object' && value !== null && PARSED.has(value);
}

/**
 * The JSON value behind a source, shared with nobody. Going through the canonical text measures the size, refuses what has no canonical form,
 * and leaves getters, proxies and later changes by the caller no say in what is verified.
 */
function privateCopy(source: PassportSource, maxBytes: number): unknown {
  try {
    const isText = typeof source === 'string' || source instanceof Uint8Array;
    const value: unknown = isText ? parseJson(source, { ...LIMITS, maxBytes: maxBytes * MAX_EXPANSION }) : source;
    return parseJson(canonicalize(value, { maxDepth: LIMITS.maxDepth, maxBytes }));
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    const tooLarge = error.code === 'json_too_large' || error.code === 'json_too_many_keys';
    throw new McpsError(tooLarge ? 'passport_too_large' : 'passport_malformed', {}, { cause: error });
  }
}

/** Freezes a JSON value of bounded depth, all of it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}
