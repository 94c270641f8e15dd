import { ConfigurationError } from '../errors/index.js';

/** Bounds on the structure of one message. Bounds on its bytes belong where the bytes are read. */
export interface MessageLimits {
  /** Most containers inside one another, the message itself counted; 64 by default, 512 at most. */
  readonly maxDepth?: number;
  /** Most members of all objects together; 100,000 by default. */
  readonly maxKeys?: number;
  /** Most elements of all arrays together; 1,000,000 by default. */
  readonly maxElements?: number;
  /** Most UTF-16 units of one string; 16 Mi by default. */
  readonly maxStringLength?: number;
  /** Most UTF-16 units of all strings and member names together; 32 Mi by default. */
  readonly maxTextLength?: number;
}

/** Limits with every default filled in. */
export type ResolvedMessageLimits = Required<MessageLimits>;

/** The limits that hold where none are given. */
export const DEFAULT_MESSAGE_LIMITS: ResolvedMessageLimits = Object.freeze({
  maxDepth: 64,
  maxKeys: 100_000,
  maxElements: 1_000_000,
  maxStringLength: 16 * 1024 * 1024,
  maxTextLength: 32 * 1024 * 1024,
});

/** Messages are walked by recursion, so the depth has a bound that no option lifts. */
const MAX_DEPTH = 512;

/** Fills in the defaults. Throws `ConfigurationError` `option_invalid` for a limit that is no positive integer, or a depth over 512. */
export function resolveMessageLimits(limits: MessageLimits = DEFAULT_MESSAGE_LIMITS): ResolvedMessageLimits {
  if (limits === DEFAULT_MESSAGE_LIMITS) return DEFAULT_MESSAGE_LIMITS;
  const resolved: { -readonly [K in keyof ResolvedMessageLimits]: number } = { ...DEFAULT_MESSAGE_LIMITS };
  for (const name of Object.keys(DEFAULT_MESSAGE_LIMITS) as (keyof MessageLimits)[]) {
    const limit = limits[name];
    if (limit === undefined) continue;
    if (!Number.isSafeInteger(limit) || limit < 1 || (name === 'maxDepth' && limit > MAX_DEPTH)) {
      throw new ConfigurationError('option_invalid', `The limit ${name} is out of range`);
    }
    resolved[name] = limit;
  }
  return resolved;
}
