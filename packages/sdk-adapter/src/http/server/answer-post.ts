import { createNonce } from '@mcps/crypto';
import { ConfigurationError, McpsError, toRefusalObject } from '@mcps/protocol';
import type { JsonObject, PeerIdentity, Reason } from '@mcps/protocol';
import { authInfoWith } from '../../identity/caller-identity.js';
import { requestIdOf } from '../../json-object.js';
import type { AuthInfoLike } from '../../transport/transport-like.js';
import { headersForNewBody } from '../body/json-response.js';
import { contradictingHeader } from '../headers.js';
import type { HandlerExtra, RequestHandler } from './handler.js';
import type { Lease } from './lease.js';
import { ownAnswer } from './own-answer.js';
import type { AskInNameOf, Verdict } from './posted-message.js';
import { protectResponse } from './protect-response.js';
import { refusalStatus, signedResponse } from './refusals.js';
import type { ServerConnection } from './server-connection.js';

/** What is answered with. */
export interface PostSetting {
  readonly handler: RequestHandler;
  readonly createAuthInfo: boolean;
  /** The path that clients know the endpoint by; `undefined` for that of the request. */
  readonly publicPath: string | undefined;
}

/** A request on its way. */
export interface Received {
  readonly request: Request;
  readonly extra: HandlerExtra | undefined;
  readonly lease: Lease;
}

/** What MCP itself answers where a header says something else than the body, with status 400 (revision 2026-07-28). */
const HEADER_MISMATCH = -32020;

/** Answers a POST of one message: with a signed refusal, or with what the handler makes of the message as verified. */
export async function answerMessage(post: Received, message: unknown, setting: PostSetting): Promise<Response> {
  const { request, lease } = post;
  const verdict = await check(post, await lease.connection.receive(message, askOf(post, setting)));
  switch (verdict.type) {
    case 'answered':
      lease.done();
      return signedResponse(request, verdict.message, verdict.status ?? refusalStatus(message));
    case 'refused':
      lease.done();
      // The sender of a request waits for an answer that nobody can sign; that of anything else for none.
      return new Response(null, { status: 400 });
    case 'delivered': {
      const response = await handOver(post, verdict.message, verdict.identity, setting);
      await beginSession(response, lease);
      return protectResponse(response, lease.connection, lease.done);
    }
  }
}

/** The same for a body of several messages: each is opened, and answered, for itself. */
export async function answerBatch(
  post: Received,
  messages: readonly unknown[],
  setting: PostSetting,
): Promise<Response> {
  const { request, lease } = post;
  const { connection } = lease;
  const opened = await Promise.all(messages.map((message) => connection.receive(message, askOf(post, setting))));
  const caller = opened.find((verdict) => verdict.type === 'delivered')?.identity;
  const verdicts = await Promise.all(opened.map((verdict) => check(post, verdict, caller)));
  const answers = verdicts.flatMap((verdict) => (verdict.type === 'answered' ? [verdict.message] : []));
  const delivered = verdicts.flatMap((verdict) => (verdict.type === 'delivered' ? [verdict.message] : []));
  if (delivered.length === 0) {
    lease.done();
    return answers.length === 0 ? new Response(null, { status: 400 }) : signedResponse(request, answers, 200);
  }
  const response = await handOver(post, delivered, caller, setting);
  if (response.body !== null || answers.length === 0) return protectResponse(response, connection, lease.done, answers);
  lease.done();
  return signedResponse(request, answers, 200);
}

/** Holds a verified message to the headers that it came with, and to the sender that the whole body is ascribed to. */
async function check({ request, lease }: Received, verdict: Verdict, caller?: PeerIdentity): Promise<Verdict> {
  if (verdict.type !== 'delivered') return verdict;
  if (contradictingHeader(request.headers, verdict.message) !== undefined)
    return refuse(lease.connection, verdict.message, 'header_mismatch');
  if (caller !== undefined && verdict.identity?.identity !== caller.identity)
    return refuse(lease.connection, verdict.message, 'signer_changed');
  return verdict;
}

async function refuse(connection: ServerConnection, message: JsonObject, reason: Reason): Promise<Verdict> {
  const id = requestIdOf(message);
  if (id === undefined) return { type: 'refused' };
  const answers: JsonObject[] = [];
  const isMismatch = reason === 'header_mismatch';
  // MCP has a code and a status of its own for this fault, which its clients know.
  const error = { ...toRefusalObject(new McpsError(reason)), ...(isMismatch ? { code: HEADER_MISMATCH } : {}) };
  await connection.protect({ jsonrpc: '2.0', id, error }, { write: (answer) => void answers.push(answer) });
  const [answer] = answers;
  if (answer === undefined) return { type: 'refused' };
  return { type: 'answered', message: answer, ...(isMismatch ? { status: 400 } : {}) };
}

/** Hands what has been verified over to the application, and notes where it takes the messages of this client. */
function handOver(
  post: Received,
  body: JsonObject | readonly JsonObject[],
  identity: PeerIdentity | undefined,
  setting: PostSetting,
): Promise<Response> {
  post.lease.connection.noteRequest(post.request.url, post.request.headers);
  return callHandler(post, body, identity, setting);
}

/** A request of our own goes to the handler as this one did: to the same address, in the name of the same caller. */
function askOf(post: Received, setting: PostSetting): AskInNameOf {
  return async (request, identity) => {
    const id = `dev.mcps/${createNonce()}`;
    return ownAnswer(await callHandler(post, { ...request, id }, identity, setting), id);
  };
}

/** Calls the handler with the same request, but for its body. */
function callHandler(
  { request, extra }: Received,
  body: JsonObject | readonly JsonObject[],
  identity: PeerIdentity | undefined,
  { handler, createAuthInfo }: PostSetting,
): Promise<Response> {
  const { url, signal } = request;
  const headers = headersForNewBody(request.headers);
  const inner = new Request(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  const authInfo = authInfoWith(extra?.authInfo, identity, createAuthInfo);
  // Parsed already, so that nobody below has to read the body once more.
  return handler(inner, { ...extra, ...withAuthInfo(authInfo), parsedBody: body });
}

function withAuthInfo(authInfo: AuthInfoLike | undefined): Pick<HandlerExtra, 'authInfo'> {
  return authInfo === undefined ? {} : { authInfo };
}

/** Keeps the connection of a session that the handler has just begun. */
async function beginSession(response: Response, lease: Lease): Promise<void> {
  if (!lease.begins) return;
  const id = response.headers.get('mcp-session-id');
  if (id !== null) {
    lease.keepAs(id);
    return;
  }
  const { state } = await lease.connection.ready();
  if (response.ok && state === 'handshake') {
    await response.body?.cancel();
    throw new ConfigurationError(
      'option_missing',
      'This handler keeps no sessions: it gives no Mcp-Session-Id. Set `stateless: true`.',
    );
  }
}
