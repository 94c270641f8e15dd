import type { ServerResponse } from 'node:http';
import { ConfigurationError } from '@mcps/protocol';
import { asError } from '../../error.js';
import type { AuthInfoLike } from '../../transport/transport-like.js';
import { bodyKind } from '../body/json-response.js';
import { unsignedError } from '../server/refusals.js';
import { CapturedResponse, writerOf } from './captured-response.js';
import type { ResponseWriter } from './captured-response.js';
import { RequestBody } from './request-body.js';
import type { NodeRequest } from './request-body.js';
import type { SecuredRoutes, Verified } from './secured-routes.js';

/** What a framework is told of one exchange. */
export interface ExchangePort {
  /** The middleware, as whoever mounts it knows it. */
  readonly name: string;
  /** Goes on with the verified request. `body` is the message in it, or several; `undefined` for a request without a body. */
  proceed(body: unknown): void;
  /** The answer comes from here: nothing goes on. */
  refuse(): void;
  report(error: Error): void;
}

const INTERNAL_ERROR = -32603;

/**
 * Verifies a request of Node, lets the framework go on with what has been verified, and signs what is written to the response.
 *
 * @throws ConfigurationError `option_invalid` (as a rejection) where the bytes of the body have been read by somebody else; and whatever the options are at fault in. Never rejects once
 *   the framework has gone on.
 */
export async function secureExchange(
  routes: SecuredRoutes,
  request: NodeRequest,
  response: ServerResponse,
  port: ExchangePort,
): Promise<void> {
  const body = new RequestBody(request);
  if (request.method === 'POST' && body.isGone) throw bytesAreGone(port.name);
  const abort = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) abort.abort();
    // What nobody read of the body must not stay in the way of the next request.
    if (!request.destroyed) request.resume();
  });
  let captured: CapturedResponse | undefined;
  try {
    const incoming = webRequest(request, body, abort.signal);
    const answer = await routes.handle(incoming, authOf(request), async (verified) => {
      const message = await putBack(verified, request, body);
      captured = new CapturedResponse(response);
      port.proceed(message);
      return captured.response;
    });
    if (captured === undefined) port.refuse();
    await send(answer, response, captured?.writer ?? writerOf(response));
  } catch (error) {
    if (captured === undefined) throw error;
    if (response.destroyed) return;
    port.report(asError(error, 'The response could not be signed.'));
    await breakOff(response, captured.writer);
  }
}

/** The web-standard form of a request of Node, whose body is read as it is asked for. */
function webRequest(request: NodeRequest, body: RequestBody, signal: AbortSignal): Request {
  const { method = 'GET', socket, headers: received, rawHeaders } = request;
  const scheme = 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
  const path = request.originalUrl ?? request.url ?? '/';
  const url = `${scheme}://${received.host ?? 'localhost'}${path}`;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]];
    if (!name.startsWith(':')) headers.append(name, value);
  }
  const init: RequestInit & { duplex?: 'half' } = { method, headers, signal };
  if (method === 'POST') Object.assign(init, { body: body.stream(), duplex: 'half' });
  return new Request(URL.canParse(url) ? url : `${scheme}://localhost${path}`, init);
}

/** Puts what has been verified where routes look for it. */
async function putBack(
  { request: verified, authInfo }: Verified,
  request: NodeRequest,
  body: RequestBody,
): Promise<unknown> {
  let given = authOf(request);
  Object.defineProperty(request, 'auth', {
    configurable: true,
    enumerable: true,
    get: () => authInfo(given),
    // OAuth may come later in the chain: what it says is merged, and takes nothing away.
    set: (value: AuthInfoLike | undefined) => {
      given = value;
    },
  });
  if (verified.method !== 'POST') return undefined;
  const text = await verified.text();
  body.replace(text);
  return JSON.parse(text) as unknown;
}

function authOf(request: object): AuthInfoLike | undefined {
  return 'auth' in request ? (request.auth as AuthInfoLike | undefined) : undefined;
}

/** Writes a response to the network, a stream as fast as that takes it. */
async function send(answer: Response, response: ServerResponse, writer: ResponseWriter): Promise<void> {
  const whole = bodyKind(answer.headers) === 'json' ? new Uint8Array(await answer.arrayBuffer()) : undefined;
  if (response.destroyed) {
    await answer.body?.cancel();
    return;
  }
  writeHead(answer, response, writer, whole?.length);
  if (whole !== undefined || answer.body === null) {
    writer.end(whole);
    return;
  }
  writer.flushHeaders();
  await pump(answer.body, response, writer);
}

function writeHead(
  answer: Response,
  response: ServerResponse,
  writer: ResponseWriter,
  length: number | undefined,
): void {
  const headers = new Headers(answer.headers);
  if (length !== undefined) headers.set('content-length', String(length));
  response.statusCode = answer.status;
  if (answer.statusText !== '') response.statusMessage = answer.statusText;
  for (const name of response.getHeaderNames()) if (!headers.has(name)) response.removeHeader(name);
  for (const [name, value] of headers)
    if (name !== 'set-cookie' && [response.getHeader(name)].flat().join(', ') !== value)
      response.setHeader(name, value);
  // A length that somebody noted for the body that has been replaced, where Node keeps it.
  if ('_contentLength' in response) response._contentLength = null;
  writer.writeHead(answer.status);
}

async function pump(body: ReadableStream<Uint8Array>, response: ServerResponse, writer: ResponseWriter): Promise<void> {
  const reader = body.getReader();
  const closed = (): void => void reader.cancel().catch(() => undefined);
  response.once('close', closed);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      if (!writer.write(part.value)) await writer.drained();
    writer.end();
  } catch {
    response.destroy();
  } finally {
    response.off('close', closed);
  }
}

/** Tells a client that there will be no answer. Nothing of what the route wrote goes out. */
async function breakOff(response: ServerResponse, writer: ResponseWriter): Promise<void> {
  // What is on the wire already cannot be taken back.
  if (isHeadOnWire(response)) response.destroy();
  else await send(unsignedError(500, INTERNAL_ERROR, 'Internal server error'), response, writer);
}

function isHeadOnWire(response: ServerResponse): boolean {
  return '_header' in response && typeof response._header === 'string';
}

function bytesAreGone(name: string): ConfigurationError {
  return new ConfigurationError(
    'option_invalid',
    `The body was read before ${name} could verify it: what a parser makes of it is not what was signed. ` +
      `Mount ${name} in front of every body parser (express.json() and the like), or let the parser keep the bytes in req.rawBody.`,
  );
}
