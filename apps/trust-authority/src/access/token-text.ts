import { randomBytes } from 'node:crypto';
import { constantTimeEqual, encodeBase64Url, encodeUtf8, sha256Hex } from '@mcps/crypto';

const PREFIX = 'mcpsat';
const TOKEN = /^mcpsat_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const SECRET_BYTES = 32;

/** A token, in parts. */
export interface TokenText {
  /** `mcpsat_`, the id, `_`, and 32 random bytes in base64url. The prefix lets scanners find one that was published by mistake. */
  readonly token: string;
  readonly id: string;
}

export function createTokenText(): TokenText {
  const id = randomBytes(8).toString('hex');
  return { id, token: `${PREFIX}_${id}_${encodeBase64Url(randomBytes(SECRET_BYTES))}` };
}

/** The id in a token's text; `undefined` for a text of another form. */
export function tokenIdOf(token: string): string | undefined {
  return TOKEN.exec(token)?.[1];
}

/**
 * What is stored of a token: lower-case hex SHA-256 of the text. Tokens are 256 random bits, so that a slow hash would protect nothing more.
 */
export function hashToken(token: string): Promise<string> {
  return sha256Hex(encodeUtf8(token));
}

/** Compares two hashes in constant time. */
export function sameHash(a: string, b: string): boolean {
  return constantTimeEqual(encodeUtf8(a), encodeUtf8(b));
}
