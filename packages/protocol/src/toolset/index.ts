export { toolsetRoot } from './entries.js';
export { signToolset, signToolsetSteps } from './sign-toolset.js';
export type { SignToolsetOptions } from './sign-toolset.js';
export { ToolsetListing, verifyToolset } from './toolset-listing.js';
export { MemoryToolsetPinStore, pinToolset } from './toolset-pins.js';
export type { MemoryToolsetPinStoreOptions, ToolsetPin, ToolsetPinStore } from './toolset-pins.js';
export { MAX_TOOLSET_PAGES, MAX_TOOLSET_TOOLS, TOOLSET_KEY } from './types.js';
export type { SignedToolset, ToolsetEntry, ToolsetFacts, VerifiedToolset } from './types.js';
