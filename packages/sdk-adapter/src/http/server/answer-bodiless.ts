import { McpsError, SESSION_HEADER } from '@mcps/protocol';
import type { PeerIdentity } from '@mcps/protocol';
import { authInfoWith } from '../../identity/caller-identity.js';
import type { PostSetting, Received } from './answer-post.js';
import { protectResponse } from './protect-response.js';
import { unsignedRefusal } from './refusals.js';
import type { ServerConnection } from './server-connection.js';

/**
 * Answers a request that has no body to sign, once its `MCPS-Session` header has proved whose it is: the opening of a stream, its resumption, the end of a
 * session. Refused, it is answered with 400 and the code: no id is awaited, so nothing can be signed.
 *
 * @param onEnded called when the application has ended the session.
 */
export async function answerBodiless(
  { request, extra, lease }: Received,
  onEnded: () => void,
  { handler, createAuthInfo, publicPath }: PostSetting,
): Promise<Response> {
  const { connection, done } = lease;
  let identity: PeerIdentity | undefined;
  try {
    identity = await verify(request, connection, publicPath);
  } catch (error) {
    done();
    if (error instanceof McpsError) return unsignedRefusal(400, error);
    throw error;
  }
  const authInfo = authInfoWith(extra?.authInfo, identity, createAuthInfo);
  const response = await handler(request, { ...extra, ...(authInfo === undefined ? {} : { authInfo }) });
  if (request.method !== 'DELETE' || !response.ok) return protectResponse(response, connection, done);
  done();
  onEnded();
  return response;
}

function verify(
  request: Request,
  connection: ServerConnection,
  publicPath: string | undefined,
): Promise<PeerIdentity | undefined> {
  const { pathname, search } = new URL(request.url);
  const { headers, method } = request;
  return connection.openRequest(headers.get(SESSION_HEADER) ?? undefined, {
    verb: method,
    target: `${publicPath ?? pathname}${search}`,
    httpSession: headers.get('mcp-session-id') ?? undefined,
    lastEventId: headers.get('last-event-id') ?? undefined,
  });
}
