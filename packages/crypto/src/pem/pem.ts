import { decodeBase64, encodeBase64 } from '../encoding/index.js';
import { CryptoError } from '../error.js';

/** Far above any P-256 key, far below what could burden the parser. */
const MAX_PEM_LENGTH = 65_536;

export interface PemBlock {
  /** What stands after BEGIN, such as `PUBLIC KEY`. */
  readonly label: string;
  readonly der: Uint8Array;
}

// Header lines of old encrypted keys (RFC 1421) hold a colon and fail here.
const BLOCK =
  /-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,63})-----([A-Za-z0-9+/= \t\r\n]*)-----END ([A-Z0-9][A-Z0-9 ]{0,63})-----/g;

/**
 * Reads a PEM text (RFC 7468) that holds one block. Text around it is skipped, as is the block `EC PARAMETERS` that
 * `openssl ecparam` puts before a key. The base64 must be canonical.
 *
 * @throws CryptoError `key_malformed`
 */
export function decodePem(text: string): PemBlock {
  if (text.length > MAX_PEM_LENGTH) throw new CryptoError('key_malformed', 'the PEM text is too long for a key');
  const blocks = [...text.matchAll(BLOCK)].filter((match) => match[1] !== 'EC PARAMETERS');
  const [block] = blocks;
  const [, begin, body, end] = block ?? [];
  if (blocks.length !== 1 || begin === undefined || body === undefined || begin !== end) {
    throw new CryptoError('key_malformed', 'the text does not hold exactly one unencrypted PEM block');
  }
  try {
    return { label: begin, der: decodeBase64(body.replace(/[ \t\r\n]+/g, '')) };
  } catch {
    throw new CryptoError('key_malformed', 'the PEM block does not hold canonical base64');
  }
}

/** Writes one PEM block: lines of 64 characters, each ended by a line feed (RFC 7468 section 2). */
export function encodePem(label: string, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
