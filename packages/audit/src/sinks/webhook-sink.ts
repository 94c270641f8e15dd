import type { KeyObject } from 'node:crypto';
import { createNonce } from '@mcps/crypto';
import { ConfigurationError, systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import { AuditError } from '../error.js';
import { checkCount } from '../log/check-count.js';
import type { AuditRecordSink } from '../log/record-sink.js';
import type { AuditRecord } from '../record/audit-record.js';
import { signedHeaders, webhookKey } from './webhook-signature.js';

/** Receivers refuse more, that of an authority's webhooks among them. */
const MAX_BODY_BYTES = 60 * 1024;
const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

export interface WebhookSinkOptions {
  /** `whsec_` and base64 of 24 to 64 bytes. It reaches no error and no log. */
  readonly secret: string;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** How long one attempt may take. Default 10,000. */
  readonly timeoutMs?: number;
  /** How often a delivery is tried again. Default 4, with pauses of 250 ms, twice as long each time. */
  readonly retries?: number;
  /** The most records of one delivery. Default 100; a delivery has at most 60 KiB in any case. */
  readonly batch?: number;
  readonly clock?: Clock;
}

/**
 * Posts records to an address, signed like the webhooks of an authority (Standard Webhooks 1.0), so that `createWebhookHandler` of @mcps/trust-client verifies them. The body
 * is `{"records": […]}`. Redirects are not followed. A delivery keeps its `webhook-id` when it is tried again: the receiver can tell repetitions.
 *
 * @param url https, or http on a loopback address
 *
 * @throws ConfigurationError `option_invalid`
 */
export function webhookSink(url: string, options: WebhookSinkOptions): AuditRecordSink {
  const address = checkedAddress(url);
  const key = webhookKey(options.secret);
  const timeoutMs = checkCount('timeoutMs', options.timeoutMs ?? 10_000);
  const retries = checkCount('retries', options.retries ?? 4, 0);
  const batch = checkCount('batch', options.batch ?? 100);
  const { fetch: send = fetch, clock = systemClock } = options;
  const stopped = new AbortController();
  const delivery = new Delivery(address, key, send, clock, timeoutMs, retries, stopped.signal);

  return {
    name: 'webhook',
    write: async (records) => {
      let missing = records.length;
      for (const { body, count } of bodiesOf(records, batch)) {
        await delivery.deliver(body, missing);
        missing -= count;
      }
    },
    close: () => {
      stopped.abort();
      return Promise.resolve();
    },
  };
}

class Delivery {
  constructor(
    private readonly address: URL,
    private readonly key: KeyObject,
    private readonly send: typeof fetch,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly retries: number,
    private readonly stopped: AbortSignal,
  ) {}

  /** @param missing how many records are not taken where this fails. Rejects with AuditError `delivery_failed` after the last attempt, or at once where another would change nothing. */
  async deliver(body: string, missing: number): Promise<void> {
    const id = `msg_${createNonce()}`;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#attempt(id, body);
      if (outcome === 'taken') return;
      if (attempt >= this.retries || outcome.isFinal || this.stopped.aborted) throw failed(outcome.why, missing);
      await pause(Math.min(FIRST_PAUSE_MS * 2 ** attempt, MAX_PAUSE_MS), this.stopped);
    }
  }

  async #attempt(id: string, body: string): Promise<'taken' | { why: string; isFinal: boolean }> {
    try {
      const response = await this.send(this.address, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json', ...signedHeaders(this.key, id, this.clock(), body) },
        body,
        signal: AbortSignal.any([this.stopped, AbortSignal.timeout(this.timeoutMs)]),
      });
      await response.body?.cancel();
      if (response.ok) return 'taken';
      // 408 and 429 ask for another attempt; the other 4xx would be the same again.
      const isFinal = response.status < 500 && response.status !== 408 && response.status !== 429;
      return { why: `status ${response.status}`, isFinal };
    } catch {
      // What fetch throws may quote the address, and with it whatever stands in its query.
      return { why: 'no answer', isFinal: false };
    }
  }
}

function checkedAddress(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const isSafe = address?.protocol === 'https:' || (address?.protocol === 'http:' && LOOPBACK.has(address.hostname));
  if (address === undefined || !isSafe || address.username !== '' || address.password !== '')
    throw new ConfigurationError(
      'option_invalid',
      'The address of a webhook must be https, or http on a loopback address, without credentials.',
    );
  return address;
}

function* bodiesOf(records: readonly AuditRecord[], batch: number): Generator<{ body: string; count: number }> {
  let texts: string[] = [];
  let bytes = 0;
  for (const record of records) {
    const text = JSON.stringify(record);
    const length = Buffer.byteLength(text) + 1;
    if (texts.length === batch || (texts.length > 0 && bytes + length > MAX_BODY_BYTES)) {
      yield { body: `{"records":[${texts.join()}]}`, count: texts.length };
      texts = [];
      bytes = 0;
    }
    texts.push(text);
    bytes += length;
  }
  if (texts.length > 0) yield { body: `{"records":[${texts.join()}]}`, count: texts.length };
}

function failed(why: string, count: number): AuditError {
  const message = `The webhook has not taken the records (${why}).`;
  return new AuditError('delivery_failed', message, { sink: 'webhook', count });
}

async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  if (stopped.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stopped.addEventListener('abort', end);
  });
}
