export { decodeBase64, encodeBase64 } from './base64.js';
export { decodeBase64Url, encodeBase64Url } from './base64url.js';
export { constantTimeEqual } from './constant-time.js';
export { decodeHex, encodeHex } from './hex.js';
export { decodeUtf8, encodeUtf8, isWellFormed } from './utf8.js';
