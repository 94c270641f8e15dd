export { secureStreams } from './streams/secure-streams.js';
export type { SecureStreamsOptions, SecuredStreams, StreamPair } from './streams/secure-streams.js';
