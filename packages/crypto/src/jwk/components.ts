/** The affine coordinates of a P-256 public key, 32 bytes big-endian each. */
export interface KeyPoint {
  readonly x: Uint8Array;
  readonly y: Uint8Array;
}

/** A P-256 private scalar, 32 bytes big-endian, with the public point when its container named one. */
export interface KeySecret {
  readonly d: Uint8Array;
  readonly point?: KeyPoint;
}
