import { createHmac, randomBytes } from 'node:crypto';

/** What the headers of a delivery are called. Names, signed text and secret follow the Standard Webhooks convention, so its libraries verify ours. */
export const DELIVERY_HEADERS = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A new secret: `whsec_` and 32 random bytes in standard base64. */
export function createWebhookSecret(): string {
  return `${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** What a delivery is made of. */
export interface SignedDelivery {
  /** Names the event, the same at every try: the receiver can tell repetitions. */
  readonly id: string;
  /** Seconds since the Unix epoch, of this try: the receiver can refuse old ones. */
  readonly timestampSeconds: number;
  /** As sent, byte for byte. */
  readonly body: string;
}

/**
 * The value of the header `webhook-signature`: `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`, under the bytes of the secret behind its
 * prefix.
 */
export function signDelivery({ id, timestampSeconds, body }: SignedDelivery, secret: string): string {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`).digest('base64');
  key.fill(0);
  return `v1,${mac}`;
}
