/** A P-256 public key as a JSON Web Key (RFC 7517, RFC 7518 section 6.2): exactly these four members. */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  /** Affine coordinate, 32 bytes big-endian, base64url without padding: 43 characters. */
  readonly x: string;
  /** Affine coordinate, 32 bytes big-endian, base64url without padding: 43 characters. */
  readonly y: string;
}

/** A P-256 private key as a JSON Web Key. */
export interface PrivateJwk extends PublicJwk {
  /** The private scalar, 32 bytes big-endian, base64url without padding: 43 characters. Secret. */
  readonly d: string;
}

/**
 * What the import functions take for a JWK: any object, so that parsed JSON and the platform's own `JsonWebKey` can be
 * handed over as they are. Every member is checked; members this package does not know are ignored.
 */
export interface JwkInput {
  readonly kty?: unknown;
  readonly crv?: unknown;
  readonly x?: unknown;
  readonly y?: unknown;
  readonly d?: unknown;
  readonly alg?: unknown;
  readonly use?: unknown;
  readonly key_ops?: unknown;
  readonly kid?: unknown;
}
