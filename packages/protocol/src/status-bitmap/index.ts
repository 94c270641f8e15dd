export { signStatusBitmap } from './sign-status-bitmap.js';
export type { Compressor, SignStatusBitmapOptions } from './sign-status-bitmap.js';
export { SignedBitmapStatusSource } from './signed-bitmap-status-source.js';
export type { SignedBitmapStatusSourceOptions } from './signed-bitmap-status-source.js';
export { MAX_BITMAP_SIZE } from './status-bits.js';
export type { StatusBits } from './status-bits.js';
export type { StatusBitmap } from './status-bitmap.js';
export { verifyStatusBitmap } from './verify-status-bitmap.js';
export type { VerifiedStatusBitmap } from './verify-status-bitmap.js';
