import type { IncomingMessage, ServerResponse } from 'node:http';
import { secureExchange } from './http/middleware/node-exchange.js';
import { secureRoutes } from './http/middleware/secured-routes.js';
import type { SecureHandlerOptions } from './http/server/secured-endpoint.js';

/** Options of {@link secureExpress}: those of `secureHandler`. */
export type SecureExpressOptions = SecureHandlerOptions;

/** Middleware of Express 4 and 5, and of anything that calls it alike. */
export interface SecuredMiddleware {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void;
  /** Resolves once keys, passport and authority are there; rejects with the fault in them, as `ready` of a secured handler does. */
  ready(): Promise<void>;
  /** Ends every session and its open streams, and lets go of the authority. */
  close(): void;
}

/**
 * Secures the MCP endpoint of an Express application (4.18 and later, or 5): `app.use('/mcp', secureExpress(options))` in front of the route, which stays as it is, and in front of
 * `express.json()`, since what is signed is bytes.
 *
 * The route finds in `req.body` what the client's application sent, verified, and the same as the bytes of the request; in `req.auth` the verified identity, merged with what OAuth's
 * middleware puts there before or after. What it writes to `res` is signed, message by message. A request that is refused never reaches it.
 *
 * Passed on to `next`: a `ConfigurationError`, `option_invalid` where a body parser has been in front, otherwise for those mistakes in the options that `ready` rejects with.
 *
 * @throws ConfigurationError as `secureHandler` does, for what shows at once.
 */
export function secureExpress(options: SecureExpressOptions): SecuredMiddleware {
  const routes = secureRoutes(options);
  const middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    secureExchange(routes, request, response, {
      name: 'secureExpress',
      proceed: (body) => {
        if (body !== undefined) Object.assign(request, { body, _body: true });
        next();
      },
      refuse: () => undefined,
      report: (error) => options.onError?.(error),
    }).catch(next);
  };
  return Object.assign(middleware, { ready: () => routes.ready(), close: () => routes.close() });
}
