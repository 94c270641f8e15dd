export { decodeChain } from './decode.js';
export { encodeChain } from './encode.js';
export { ANY_CAPABILITY, isWithinCapabilities } from './issuing-right.js';
export type { ChainCompatibility } from './issuing-right.js';
