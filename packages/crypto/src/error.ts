/** Faults of values and texts under RFC 8785 and RFC 8259. */
export type JsonErrorCode =
  /** A number is NaN or infinite. */
  | 'json_not_finite'
  /** A string or a member name holds half of a surrogate pair, so it has no UTF-8 form. */
  | 'json_lone_surrogate'
  | 'json_undefined'
  | 'json_function'
  | 'json_symbol'
  | 'json_bigint'
  /** An array has a hole. */
  | 'json_sparse_array'
  /** An object is more than plain data: another prototype, an accessor, a toJSON method, extra properties on an array. */
  | 'json_not_plain'
  | 'json_cycle'
  | 'json_too_deep'
  /** Over `maxBytes` or `maxStringLength`. */
  | 'json_too_large'
  | 'json_too_many_keys'
  | 'json_duplicate_key'
  /** A number that a double does not hold: overflow, underflow to zero, an integer beyond ±(2^53 - 1) that is not spelled as RFC 8785 spells it. */
  | 'json_number_range'
  | 'json_syntax'
  | 'json_trailing_data'
  | 'json_invalid_utf8'
  /** A limit given by the caller is not a usable number. */
  | 'json_limit_invalid';

/** Faults of text encodings (RFC 4648, RFC 3629). */
export type EncodingErrorCode = 'encoding_base64' | 'encoding_base64url' | 'encoding_hex' | 'encoding_utf8';

/** Faults of keys. */
export type KeyErrorCode =
  | 'key_malformed'
  | 'key_wrong_type'
  | 'key_not_on_curve'
  | 'key_private_expected'
  | 'key_public_expected'
  | 'key_not_extractable';

/** Faults of signatures and of the signers that made them. */
export type SignatureErrorCode =
  'signature_malformed' | 'signature_length' | 'signature_range' | 'signature_der' | 'signer_output';

/** Faults of calls and surroundings. */
export type UseErrorCode =
  | 'nonce_length'
  /** Something else than a Uint8Array was given as bytes. */
  | 'input_not_bytes'
  /** The page is not a secure context, so the browser offers no Web Crypto. */
  | 'webcrypto_unavailable';

/** Every code a {@link CryptoError} can carry. The union is closed: callers may switch over it exhaustively. */
export type CryptoErrorCode = JsonErrorCode | EncodingErrorCode | KeyErrorCode | SignatureErrorCode | UseErrorCode;

/**
 * The one error class of this package. Branch on `code`; `message` is for people and may change.
 * A message never quotes the input, which may hold a key.
 */
export class CryptoError extends Error {
  override readonly name = 'CryptoError';
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
