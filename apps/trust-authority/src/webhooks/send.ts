import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { DELIVERY_HEADERS, signDelivery } from './signature.js';
import type { SignedDelivery } from './signature.js';
import type { CheckedTarget } from './target.js';

export interface SendOptions {
  /** For all of it: connecting, sending, and the head of the answer. */
  readonly timeLimitMs: number;
  /** The certificates to trust instead of the system's, in PEM; for tests and private authorities. */
  readonly ca?: string;
}

/** What became of one try. */
export type SendOutcome =
  | { readonly delivered: true; readonly status: number }
  | {
      readonly delivered: false;
      /** For the operator; says nothing that the receiver wrote. */ readonly reason: string;
    };

/**
 * Posts a delivery to a checked address, and nowhere else: the name is not resolved again, redirects are not followed, and no proxy of the environment is
 * used. Any status from 200 to 299 means delivered. The answer's body is not read. Never rejects.
 */
export async function sendDelivery(
  target: CheckedTarget,
  delivery: SignedDelivery,
  secret: string,
  options: SendOptions,
): Promise<SendOutcome> {
  try {
    const status = await post(target, delivery, secret, options);
    if (status >= 200 && status <= 299) return { delivered: true, status };
    return { delivered: false, reason: `answered with status ${status}` };
  } catch (error) {
    return { delivered: false, reason: describeFailure(error) };
  }
}

function post(
  { url, address }: CheckedTarget,
  delivery: SignedDelivery,
  secret: string,
  { timeLimitMs, ca }: SendOptions,
): Promise<number> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const body = Buffer.from(delivery.body, 'utf8');
  const secure = url.protocol === 'https:';
  const options: RequestOptions = {
    method: 'POST',
    host: address,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'content-length': body.length,
      'user-agent': 'mcps-authority',
      [DELIVERY_HEADERS.id]: delivery.id,
      [DELIVERY_HEADERS.timestamp]: String(delivery.timestampSeconds),
      [DELIVERY_HEADERS.signature]: signDelivery(delivery, secret),
    },
    // One connection for each: a pool would be keyed by name and could outlive the check of the address.
    agent: false,
    maxHeaderSize: 16_384,
  };
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage) => {
      clearTimeout(timer);
      response.destroy();
      resolve(response.statusCode ?? 0);
    };
    const request = secure
      ? httpsRequest(
          {
            ...options,
            ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
            ...(ca === undefined ? {} : { ca }),
          },
          onResponse,
        )
      : httpRequest(options, onResponse);
    const timer = setTimeout(() => request.destroy(new Error('timed out')), timeLimitMs);
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}

/** The system's name for the failure, never a message: messages quote what the other side sent. */
function describeFailure(error: unknown): string {
  if (error instanceof Error && error.message === 'timed out') return 'did not answer in time';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? `failed: ${code}` : 'failed';
}
