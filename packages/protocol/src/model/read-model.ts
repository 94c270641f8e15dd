import { decodeBase64 } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject, member } from '../json-rpc/index.js';
import { parseTimestamp } from '../time/index.js';
import type { ModelMetadata, SignedModel } from './types.js';

type Check = (value: unknown) => boolean;

const HASH = /^[0-9a-f]{64}$/;

const text =
  (maxLength: number): Check =>
  (value) =>
    typeof value === 'string' && value.length >= 1 && value.length <= maxLength;

const METADATA: Readonly<Record<keyof ModelMetadata, Check>> = {
  name: text(256),
  version: text(64),
  format: text(64),
  file_hash: (value) => typeof value === 'string' && HASH.test(value),
  source: text(2_048),
  licence: text(256),
  parameter_count: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
};

const OPTIONAL: ReadonlySet<string> = new Set(['source', 'licence', 'parameter_count']);

const SIGNED: Readonly<Record<keyof SignedModel, Check>> = {
  ...METADATA,
  signed_by: text(256),
  signed_at: isTimestamp,
  signature: isSignature,
};

/** A copy of the metadata of a model. Throws `McpsError` `model_malformed` for other members, types or formats. */
export function readModelMetadata(value: unknown): ModelMetadata {
  return readExactly<ModelMetadata>(value, METADATA);
}

/** A copy of signed metadata; nothing in it has been verified. Throws `McpsError` `model_malformed`. */
export function readSignedModel(value: unknown): SignedModel {
  return readExactly<SignedModel>(value, SIGNED);
}

function readExactly<T extends object>(value: unknown, checks: Readonly<Record<keyof T, Check>>): T {
  if (!isObject(value)) throw new McpsError('model_malformed');
  if (Object.keys(value).some((name) => !Object.hasOwn(checks, name))) throw new McpsError('model_malformed');
  const copy: Partial<T> = {};
  for (const name of Object.keys(checks) as (keyof T & string)[]) {
    // Each member is read once: what has been checked is what is kept.
    const found = member(value, name);
    if (found === undefined && OPTIONAL.has(name)) continue;
    if (!checks[name](found)) throw new McpsError('model_malformed');
    copy[name] = found as T[typeof name];
  }
  return copy as T;
}

function isTimestamp(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    parseTimestamp(value);
    return true;
  } catch {
    return false;
  }
}

function isSignature(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return decodeBase64(value).length === 64;
  } catch {
    return false;
  }
}
