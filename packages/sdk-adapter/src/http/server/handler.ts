import type { AuthInfoLike } from '../../transport/transport-like.js';

/** What is given to a handler along with a request. Members that are not named here are passed on as they are. */
export interface HandlerExtra {
  readonly authInfo?: AuthInfoLike | undefined;
  /** The body, where it has been read and parsed already. A secured handler always gives it along: the messages as verified, as in the body itself. */
  readonly parsedBody?: unknown;
}

/**
 * A web-standard handler of MCP requests: `handleRequest` of the web-standard transport of the SDK 1.x, `fetch` of what `createMcpHandler` of 2.x makes, or
 * anything else that takes a `Request` and gives a `Response`.
 */
// Compared as a method: each line of the SDK has types of its own for what comes along.
export type RequestHandler = { method(request: Request, extra?: HandlerExtra): Promise<Response> }['method'];
