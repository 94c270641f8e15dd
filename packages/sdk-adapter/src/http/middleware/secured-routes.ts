import { authInfoWith, callerIdentity } from '../../identity/caller-identity.js';
import type { AuthInfoLike } from '../../transport/transport-like.js';
import type { HandlerExtra } from '../server/handler.js';
import { secureHandler } from '../server/secure-handler.js';
import type { SecureHandlerOptions } from '../server/secured-endpoint.js';

/** What a framework goes on with, once a request has been verified. */
export interface Verified {
  readonly request: Request;
  /** What stands for the caller, given what OAuth made of the request, or nothing. May be asked as often as OAuth says something. */
  readonly authInfo: (fromOAuth: AuthInfoLike | undefined) => AuthInfoLike | undefined;
}

/** The rest of a framework's chain: what answers the request as verified. */
export type Route = (verified: Verified) => Promise<Response>;

/** A secured handler whose application is, for each request, whatever comes next in a framework. */
export interface SecuredRoutes {
  /** Answers a request: with a refusal, or with what the route makes of it, signed. */
  handle(request: Request, fromOAuth: AuthInfoLike | undefined, route: Route): Promise<Response>;
  /** As that of a secured handler. */
  ready(): Promise<void>;
  close(): void;
}

const ROUTE = Symbol('route');

/** What comes along with a request; a symbol, so that nothing that is sent can be one. */
interface RoutedExtra extends HandlerExtra {
  readonly [ROUTE]?: (request: Request, extra: HandlerExtra) => Promise<Response>;
}

/** Given where OAuth said nothing, so that the identity arrives whether or not an `authInfo` is to be made of it. */
const NOBODY: AuthInfoLike = { token: '', clientId: '', scopes: [] };

/** @throws ConfigurationError as `secureHandler` does. */
export function secureRoutes(options: SecureHandlerOptions): SecuredRoutes {
  const handler = secureHandler(answerByRoute, options);
  const createAuthInfo = options.createAuthInfo !== false;
  return {
    handle: (request, fromOAuth, route) => {
      const extra: RoutedExtra = {
        authInfo: fromOAuth ?? NOBODY,
        [ROUTE]: (verified, { authInfo }) => {
          const identity = callerIdentity({ authInfo });
          return route({ request: verified, authInfo: (given) => authInfoWith(given, identity, createAuthInfo) });
        },
      };
      return handler(request, extra);
    },
    ready: () => handler.ready(),
    close: () => handler.close(),
  };
}

function answerByRoute(request: Request, extra?: RoutedExtra): Promise<Response> {
  const route = extra?.[ROUTE];
  // The end of a call to a client that has been cut off comes with no request that a framework could route.
  if (route === undefined)
    return Promise.reject(new Error('A call to a client that was cut off ends with its time limit.'));
  return route(request, extra ?? {});
}
