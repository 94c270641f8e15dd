import { decodeBase64 } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { Reason } from '../errors/index.js';
import { isObject, member } from '../json-rpc/json-object.js';
import type { JsonObject } from '../json-rpc/index.js';
import { parseTimestamp } from '../time/index.js';
import { MAX_TEXT_LENGTH } from './limits.js';

/** Which members an object of a signed format has: all of `required`, any of `optional`, and no other. */
export interface MemberSet {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/**
 * Reads an object from outside whose member set is exact. Every fault, in whichever member, throws `McpsError` with the one reason of the format.
 */
export class Members {
  readonly #object: JsonObject;

  constructor(
    value: unknown,
    set: MemberSet,
    readonly reason: Reason,
  ) {
    if (!isObject(value)) this.fail();
    const { required, optional = [] } = set;
    for (const name of required) {
      if (!Object.hasOwn(value, name)) this.fail();
    }
    for (const name of Object.keys(value)) {
      if (!required.includes(name) && !optional.includes(name)) this.fail();
    }
    this.#object = value;
  }

  fail(cause?: unknown): never {
    throw new McpsError(this.reason, {}, { cause });
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  value(name: string): unknown {
    return member(this.#object, name);
  }

  /** A non-empty string without control characters, which would forge lines in a log. */
  text(name: string, maxLength = MAX_TEXT_LENGTH): string {
    return this.checkText(this.value(name), maxLength);
  }

  texts(name: string, maxItems: number, maxLength = MAX_TEXT_LENGTH): string[] {
    return this.list(name, maxItems).map((item) => this.checkText(item, maxLength));
  }

  matching(name: string, pattern: RegExp): string {
    const value = this.value(name);
    return typeof value === 'string' && pattern.test(value) ? value : this.fail();
  }

  integer(name: string, min: number, max: number): number {
    const value = this.value(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) this.fail();
    return value;
  }

  /** The text of an RFC 3339 timestamp, as received. */
  timestamp(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string') this.fail();
    try {
      parseTimestamp(value);
    } catch (error) {
      this.fail(error);
    }
    return value;
  }

  list(name: string, maxItems: number): readonly unknown[] {
    const value: unknown = this.value(name);
    if (!Array.isArray(value) || value.length > maxItems) this.fail();
    return value as readonly unknown[];
  }

  /** Canonical base64 of 64 bytes; whether those are a signature of anything is not looked at. */
  signature(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string' || value.length !== 88) this.fail();
    try {
      decodeBase64(value);
    } catch (error) {
      this.fail(error);
    }
    return value;
  }

  checkText(value: unknown, maxLength: number): string {
    if (typeof value !== 'string' || value.length === 0 || value.length > maxLength || hasControl(value)) this.fail();
    return value;
  }
}

/** Whether a text holds a C0 or C1 control character or DEL. */
export function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f)) return true;
  }
  return false;
}
