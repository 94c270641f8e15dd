export { signMessageSync, verifyMessageWithKeySync } from './node/envelope.js';
export { issuePassportSync, signPassportSync, verifyPassportSync } from './node/passport.js';
export { runSync } from './node/run-sync.js';
