export { runSync } from './node/run-sync.js';
