// How statements are read, signed and numbered is the business of this package.
export { MemoryNumberState } from './number-state.js';
export type { NumberMark, NumberState } from './number-state.js';
export type { StatementSource } from './source.js';
export type { VerifyStatementOptions } from './verify-options.js';
