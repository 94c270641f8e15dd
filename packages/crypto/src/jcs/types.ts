/** What JSON can hold (RFC 8259, section 3). */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** Bounds on what is read or written. Each is a whole number; all but `maxDepth` may be `Infinity`. */
export interface JsonLimits {
  /** Arrays and objects inside one another; a value without any has depth 0. Default 64, at most 1000. */
  readonly maxDepth?: number;
  /** Length of the text in UTF-8. Default 4 MiB when parsing; when writing, and at most, 64 MiB. */
  readonly maxBytes?: number;
  /** Members of all objects together; parsing only. Default 100,000. */
  readonly maxKeys?: number;
  /** Length of each string and member name in UTF-16 code units. Default: none of its own. */
  readonly maxStringLength?: number;
}

/** How a value is written. */
export interface CanonicalizeOptions extends JsonLimits {
  /**
   * The value is known to be plain: it came from JSON.parse, or was copied member by member, and nobody else has it. No look is taken then
   * for what such a value cannot have: accessors, prototypes, symbols as keys, other properties of arrays. It takes about half the time.
   * Everything else is refused as ever. Default false; never for a value that came from outside.
   */
  readonly assumePlain?: boolean;
}
