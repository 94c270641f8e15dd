export { acceptSingleMessage } from './accept-single-message.js';
export type { AcceptedSingleMessage } from './accept-single-message.js';
