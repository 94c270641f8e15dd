export { TEST_ISSUER_SUFFIX, assertNotTestIssuer, assertNotTestKey, isTestIssuer, isTestKey } from './test-keys.js';
export { TEST_KEY_THUMBPRINTS } from './thumbprints.js';
