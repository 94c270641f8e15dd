import type { HandlerExtra, RequestHandler } from './handler.js';
import { SecuredEndpoint } from './secured-endpoint.js';
import type { SecureHandlerOptions } from './secured-endpoint.js';

/** A handler that delivers only what has been verified, and signs what it answers. */
export interface SecuredHandler {
  (request: Request, extra?: HandlerExtra): Promise<Response>;
  /**
   * Resolves once keys, passport and authority are there, and requests can be taken. Rejects with the fault in them, of which `onError` was told as well: a `ConfigurationError`,
   * or what `createTrustClient` rejects with. Asked again, it tries again.
   */
  ready(): Promise<void>;
  /** Ends every session and its open streams, and lets go of the authority. */
  close(): void;
}

/**
 * Secures a web-standard handler of MCP requests: `handleRequest` of the web-standard transport of the SDK 1.x, `fetch` of what `createMcpHandler` of 2.x makes.
 * What it returns is called in its place.
 *
 * What a client posts is read up to a limit, parsed strictly, verified, and held to the `Mcp-*` headers beside it; the handler is given the message as the
 * client's application sent it, and the verified identity in `authInfo.extra.mcps`. Whatever is refused never reaches it: a request is answered with a signed
 * error, bound to it, with status 200, or 400 from revision 2026-07-28 on. What the handler answers is signed message by message, in JSON and in event streams
 * alike; statuses, headers, comments and event ids stay as they are.
 *
 * Sessions are those of the handler, by its `Mcp-Session-Id`. A handler without sessions needs `stateless: true`.
 *
 * @throws ConfigurationError `option_invalid` for what shows at once: an option that nobody knows, a number out of range, a `publicUrl` that is none. What only reading keys and
 *   passports, or asking the authority, shows is told to `onError` as soon as it is known, rejects {@link SecuredHandler.ready}, and every request until it is mended.
 */
export function secureHandler(handler: RequestHandler, options: SecureHandlerOptions): SecuredHandler {
  const endpoint = new SecuredEndpoint(handler, options);
  const secured = (request: Request, extra?: HandlerExtra): Promise<Response> => endpoint.handle(request, extra);
  return Object.assign(secured, { ready: () => endpoint.ready(), close: () => endpoint.close() });
}
