export { SIGNING_CONTEXTS, contextBytes } from './signing-context.js';
export type { SigningContext } from './signing-context.js';
