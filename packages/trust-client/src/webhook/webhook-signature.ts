import { constantTimeEqual, decodeBase64, encodeUtf8 } from '@mcps/crypto';
import { ConfigurationError } from '@mcps/protocol';

const PREFIX = 'whsec_';
const SIGNATURE_BYTES = 32;
/** Several while one secret replaces another. */
const MAX_SIGNATURES = 8;

/** What a delivery says of itself beside its body: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks 1.0. */
export interface WebhookHeaders {
  readonly id: string;
  /** Seconds since the Unix epoch, in decimal. */
  readonly timestamp: string;
  /** `v1,` and base64 of 32 bytes, once or several times with spaces between. Other versions are skipped. */
  readonly signature: string;
}

/** A secret that deliveries are signed with, held so that it appears in no log. */
export interface WebhookKey {
  readonly key: CryptoKey;
}

/**
 * Imports a secret as the authority showed it once: `whsec_` and base64 of 24 to 64 bytes.
 *
 * Throws `ConfigurationError` `option_invalid`; the secret is not quoted.
 */
export async function importWebhookSecret(secret: string): Promise<WebhookKey> {
  const bytes = decodeSecret(secret);
  if (bytes === undefined || bytes.length < 24 || bytes.length > 64)
    throw new ConfigurationError('option_invalid', 'A webhook secret is `whsec_` and base64 of 24 to 64 bytes.');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return { key: await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']) };
}

/** Whether one of the keys has signed the delivery: HMAC-SHA-256 over id, `.`, timestamp, `.` and the raw body. Compares in constant time. */
export async function isWebhookSignedBy(
  keys: readonly WebhookKey[],
  { id, timestamp, signature }: WebhookHeaders,
  body: Uint8Array,
): Promise<boolean> {
  const prefix = encodeUtf8(`${id}.${timestamp}.`);
  const signed = new Uint8Array(prefix.length + body.length);
  signed.set(prefix, 0);
  signed.set(body, prefix.length);
  const presented = signaturesIn(signature);
  let matches = false;
  for (const { key } of keys) {
    const expected = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed));
    for (const candidate of presented) if (constantTimeEqual(candidate, expected)) matches = true;
  }
  return matches;
}

function signaturesIn(header: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const part of header.split(' ', MAX_SIGNATURES)) {
    const bytes = part.startsWith('v1,') ? decoded(part.slice(3)) : undefined;
    if (bytes?.length === SIGNATURE_BYTES) found.push(bytes);
  }
  return found;
}

function decodeSecret(secret: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof secret !== 'string' || !secret.startsWith(PREFIX)) return undefined;
  const bytes = decoded(secret.slice(PREFIX.length));
  return bytes === undefined ? undefined : new Uint8Array(bytes);
}

function decoded(base64: string): Uint8Array | undefined {
  try {
    return decodeBase64(base64);
  } catch {
    return undefined;
  }
}
