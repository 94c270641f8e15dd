export { signMessageSync, verifyMessageWithKeySync } from './node/envelope.js';
export { runSync } from './node/run-sync.js';
