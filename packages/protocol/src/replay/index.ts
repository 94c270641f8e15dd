export { MemoryReplayStore } from './memory-replay-store.js';
export type { MemoryReplayStoreOptions } from './memory-replay-store.js';
export { UNANCHORED_POOL } from './replay-store.js';
export type { ReplayEntry, ReplayOutcome, ReplayStore } from './replay-store.js';
