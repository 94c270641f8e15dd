import { ConfigurationError } from '@mcps/protocol';
import type { Context, MiddlewareHandler } from 'hono';
import { secureRoutes } from './http/middleware/secured-routes.js';
import type { Verified } from './http/middleware/secured-routes.js';
import type { SecureHandlerOptions } from './http/server/secured-endpoint.js';
import type { AuthInfoLike } from './transport/transport-like.js';

/** Options of {@link secureHono}: those of `secureHandler`. */
export type SecureHonoOptions = SecureHandlerOptions;

/** Middleware of Hono. */
export type SecuredHonoMiddleware = MiddlewareHandler & {
  /** Resolves once keys, passport and authority are there; rejects with the fault in them, as `ready` of a secured handler does. */
  ready(): Promise<void>;
  /** Ends every session and its open streams, and lets go of the authority. */
  close(): void;
};

/**
 * Secures the MCP endpoint of a Hono application: `app.use('/mcp', secureHono(options))` in front of the route.
 *
 * The route finds the verified request in `c.req.raw`, the verified identity in `c.get('auth')`, merged with what OAuth's middleware put there before, and the
 * message in `c.get('parsedBody')`, in the place of whatever a parser made of the unverified one. What it returns is signed, message by message. A request that is
 * refused never reaches it.
 *
 * @throws ConfigurationError as `secureHandler` does, for what shows at once. The middleware itself throws one where the body has been read in front of it, and for those mistakes in the options that `ready` rejects with.
 */
export function secureHono(options: SecureHonoOptions): SecuredHonoMiddleware {
  const routes = secureRoutes(options);
  const middleware: MiddlewareHandler = async (c, next) => {
    if (c.req.raw.bodyUsed) throw bytesAreGone();
    const given = c.get('auth') as AuthInfoLike | undefined;
    const response = await routes.handle(c.req.raw, given, async (verified) => {
      await putBack(c, verified, given);
      await next();
      return c.res;
    });
    // Headers are kept by the response itself: Hono would add those of the one that is replaced.
    c.res = undefined;
    c.res = response;
  };
  return Object.assign(middleware, { ready: () => routes.ready(), close: () => routes.close() });
}

/** Puts what has been verified where routes look for it. */
async function putBack(c: Context, { request, authInfo }: Verified, given: AuthInfoLike | undefined): Promise<void> {
  c.set('auth', authInfo(given));
  c.set('parsedBody', request.method === 'POST' ? ((await request.clone().json()) as unknown) : undefined);
  c.req.raw = request;
  c.req.bodyCache = {};
}

function bytesAreGone(): ConfigurationError {
  return new ConfigurationError(
    'option_invalid',
    'The body was read before secureHono could verify it: what a parser makes of it is not what was signed. Mount secureHono in front of whatever reads the body.',
  );
}
