import { CryptoError } from '../error.js';
import type { CanonicalizeOptions, JsonLimits } from './types.js';

/** Below this, recursion is far from the end of any engine's stack. */
const DEPTH_CEILING = 1000;

/** Even when each character becomes an escape of six, the text fits in a string of every engine. */
const BYTES_CEILING = 2 ** 26;

const DEFAULT_DEPTH = 64;
const DEFAULT_PARSE_BYTES = 4 * 1024 * 1024;
const DEFAULT_PARSE_KEYS = 100_000;

interface Limits {
  readonly maxDepth: number;
  readonly maxBytes: number;
  readonly maxStringLength: number;
}

export interface WriteLimits extends Limits {
  readonly assumePlain: boolean;
}

export interface ParseLimits extends Limits {
  readonly maxKeys: number;
}

const DEFAULT_WRITE: WriteLimits = {
  maxDepth: DEFAULT_DEPTH,
  maxBytes: BYTES_CEILING,
  maxStringLength: Infinity,
  assumePlain: false,
};

/** @throws CryptoError `json_limit_invalid` */
export function writeLimits(limits: CanonicalizeOptions | undefined): WriteLimits {
  if (limits === undefined) return DEFAULT_WRITE;
  return {
    maxDepth: depth(limits.maxDepth),
    maxBytes: Math.min(limit('maxBytes', limits.maxBytes, BYTES_CEILING), BYTES_CEILING),
    maxStringLength: limit('maxStringLength', limits.maxStringLength, Infinity),
    assumePlain: limits.assumePlain === true,
  };
}

/** @throws CryptoError `json_limit_invalid` */
export function parseLimits(limits: JsonLimits | undefined): ParseLimits {
  return {
    maxDepth: depth(limits?.maxDepth),
    maxBytes: Math.min(limit('maxBytes', limits?.maxBytes, DEFAULT_PARSE_BYTES), BYTES_CEILING),
    maxKeys: limit('maxKeys', limits?.maxKeys, DEFAULT_PARSE_KEYS),
    maxStringLength: limit('maxStringLength', limits?.maxStringLength, Infinity),
  };
}

function depth(given: number | undefined): number {
  const value = limit('maxDepth', given, DEFAULT_DEPTH);
  if (value > DEPTH_CEILING) throw new CryptoError('json_limit_invalid', `maxDepth is over ${DEPTH_CEILING}`);
  return value;
}

/** NaN would compare as within every bound, so a limit that is no number is refused rather than ignored. */
function limit(name: keyof JsonLimits, given: number | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (given === Infinity || (Number.isSafeInteger(given) && given >= 0)) return given;
  throw new CryptoError('json_limit_invalid', `${name} is neither a whole number nor Infinity`);
}
