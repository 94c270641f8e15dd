export { secureStreams } from './streams/secure-streams.js';
export type { SecureStreamsOptions, SecuredStreams, StreamPair } from './streams/secure-streams.js';
export { plainEnd } from './streams/line-ends.js';
export type { LineTransport, LineTransportOptions } from './streams/line-transport.js';
