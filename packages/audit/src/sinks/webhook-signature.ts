import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeBase64 } from '@mcps/crypto';
import { ConfigurationError } from '@mcps/protocol';

const PREFIX = 'whsec_';

/**
 * Reads a secret as Standard Webhooks 1.0 writes it: `whsec_` and base64 of 24 to 64 bytes. What is returned shows it in no log.
 *
 * @throws ConfigurationError `option_invalid`; the secret is not quoted
 */
export function webhookKey(secret: string): KeyObject {
  const bytes = decoded(secret);
  if (bytes === undefined || bytes.length < 24 || bytes.length > 64)
    throw new ConfigurationError('option_invalid', 'A webhook secret is `whsec_` and base64 of 24 to 64 bytes.');
  return createSecretKey(bytes);
}

/** The headers of a delivery, as an authority's webhooks have them: the signature is HMAC-SHA-256 over id, `.`, timestamp, `.` and body. */
export function signedHeaders(key: KeyObject, id: string, nowMs: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}

function decoded(secret: unknown): Uint8Array | undefined {
  if (typeof secret !== 'string' || !secret.startsWith(PREFIX)) return undefined;
  try {
    return decodeBase64(secret.slice(PREFIX.length));
  } catch {
    return undefined;
  }
}
