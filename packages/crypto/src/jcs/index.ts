export { canonicalize, canonicalizeToBytes } from './canonicalize.js';
export { parseJson } from './parse.js';
export type { JsonLimits, JsonValue } from './types.js';
