import { ConfigurationError, systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { TrustClientError } from '../error.js';
import { readBounded } from '../http/read-bounded.js';
import { importWebhookSecret, isWebhookSignedBy } from './webhook-signature.js';
import type { WebhookHeaders } from './webhook-signature.js';

/** The most bytes of one delivery. */
const MAX_BYTES = 64 * 1024;
const MAX_ID_LENGTH = 256;

export interface WebhookHandlerOptions {
  /** The secrets as the authority showed them, `whsec_…`; two while one replaces the other. */
  readonly secrets: readonly string[];
  /** How far the time of a delivery may lie from now, either way, milliseconds. Default 300,000. */
  readonly toleranceMs?: number;
  readonly clock?: Clock;
}

/**
 * Answers the deliveries of an authority's webhook: a handler from `Request` to `Response`, for any server that has them.
 *
 * A delivery must be a POST of at most 64 KiB of JSON, be recent, and bear a signature by one of the secrets over id, time and raw body, which is what it is
 * checked for before anything else is done with it. Then its body goes to `deliver`. Answers: 204; 405, 413, 415 and 400 for what is no delivery, 401 for a
 * signature that does not hold, 422 where `deliver` refuses the event and 503 where it cannot take it now, so that the authority tries again.
 *
 * @param deliver resolves to whether the event is genuine; rejects where that cannot be told now
 *
 * Rejects with `ConfigurationError` `option_invalid`.
 */
export async function createWebhookHandler(
  { secrets, toleranceMs = 300_000, clock = systemClock }: WebhookHandlerOptions,
  deliver: (body: Uint8Array) => Promise<boolean>,
): Promise<(request: Request) => Promise<Response>> {
  const isList: boolean = Array.isArray(secrets);
  if (!isList || secrets.length === 0 || secrets.length > 8)
    throw new ConfigurationError('option_invalid', 'A webhook needs 1 to 8 secrets.');
  if (!Number.isSafeInteger(toleranceMs) || toleranceMs < 0)
    throw new ConfigurationError('option_invalid', 'The option `toleranceMs` must be a number of milliseconds.');
  const keys = await Promise.all(secrets.map((secret) => importWebhookSecret(secret)));

  return async (request) => {
    if (request.method !== 'POST') return answer(405, { allow: 'POST' });
    const [essence = ''] = (request.headers.get('content-type') ?? '').split(';');
    if (essence.trim().toLowerCase() !== 'application/json') return answer(415);
    const headers = headersOf(request.headers);
    if (headers === undefined || !isRecent(headers.timestamp, clock(), toleranceMs)) return answer(400);
    let body: Uint8Array;
    try {
      body = await readBounded(request, MAX_BYTES);
    } catch (error) {
      return answer(error instanceof TrustClientError ? 413 : 400);
    }
    if (!(await isWebhookSignedBy(keys, headers, body))) return answer(401);
    try {
      return answer((await deliver(body)) ? 204 : 422);
    } catch {
      return answer(503);
    }
  };
}

function headersOf(headers: Headers): WebhookHeaders | undefined {
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map(
    (name) => headers.get(`webhook-${name}`) ?? '',
  );
  // A full stop would move the boundary between what is signed as id and as time.
  if (id === undefined || id === '' || id.length > MAX_ID_LENGTH) return undefined;
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return undefined;
  return { id, timestamp, signature };
}

function isRecent(timestamp: string, now: number, toleranceMs: number): boolean {
  return Math.abs(Number(timestamp) * 1000 - now) <= toleranceMs;
}

function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}
