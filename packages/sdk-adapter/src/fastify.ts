import type { FastifyPluginCallback } from 'fastify';
import { secureExchange } from './http/middleware/node-exchange.js';
import { secureRoutes } from './http/middleware/secured-routes.js';
import type { SecuredRoutes } from './http/middleware/secured-routes.js';
import type { SecureHandlerOptions } from './http/server/secured-endpoint.js';

/** Options of {@link secureFastify}: those of `secureHandler`. */
export type SecureFastifyOptions = SecureHandlerOptions;

/**
 * Secures every route of the context that it is registered in, and of the contexts below: `await app.register(secureFastify, options)`. Contexts beside and above are left alone, so an
 * MCP endpoint that is one of many gets a context of its own.
 *
 * A route finds in `request.body` what the client's application sent, verified, and the same as the bytes of `request.raw`; in `request.raw.auth` the verified identity, merged with
 * what OAuth puts there before (`onRequest`) or after. What it replies is signed, message by message, also where it writes to `reply.raw` itself. A request that is refused
 * never reaches it.
 *
 * Rejects the registration with a `ConfigurationError` for what shows at once, and `ready()` of the application for every other mistake in the options; an authority that cannot be
 * reached fails requests until it can.
 */
export const secureFastify: FastifyPluginCallback<SecureFastifyOptions> = Object.assign(
  ((app, options, done) => {
    let routes: SecuredRoutes;
    try {
      routes = secureRoutes(withoutOthers(options));
    } catch (error) {
      // Fastify does not catch what a plugin of this kind throws: it would end the process.
      done(error as Error);
      return;
    }
    const bodies = new WeakMap<object, unknown>();
    // The message is there already: parsing it again could only make something else of it.
    app.removeContentTypeParser('application/json');
    app.addContentTypeParser('application/json', (request, _payload, parsed) => parsed(null, bodies.get(request.raw)));
    app.addHook('preParsing', (request, reply, payload, next) => {
      secureExchange(routes, request.raw, reply.raw, {
        name: 'secureFastify',
        proceed: (body) => {
          bodies.set(request.raw, body);
          next(null, payload);
        },
        refuse: () => void reply.hijack(),
        report: (error) => options.onError?.(error),
      }).catch((error: unknown) => next(error as Error));
    });
    app.addHook('onReady', (ready) => {
      // Asking an authority may take longer than Fastify lets a hook take, and it may be reached by the first request.
      if ('trustAuthority' in options) ready();
      else routes.ready().then(() => ready(), ready);
    });
    // Before the server waits for its connections to end: open streams are such.
    app.addHook('preClose', (closed) => {
      routes.close();
      closed();
    });
    done();
  }) satisfies FastifyPluginCallback<SecureFastifyOptions>,
  {
    // For the context itself, not for one of its own: what `fastify-plugin` says.
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'mcps',
  },
);

/** What Fastify itself is told on registration, and hands over with the rest. */
const OF_FASTIFY = ['prefix', 'logLevel', 'logSerializers'];

/** The very object where it holds nothing else: what has been made with it, such as its stores, is remembered by it. */
function withoutOthers(options: SecureFastifyOptions): SecureFastifyOptions {
  if (!OF_FASTIFY.some((name) => Object.hasOwn(options, name))) return options;
  const own = { ...options };
  for (const name of OF_FASTIFY) Reflect.deleteProperty(own, name);
  return own;
}
