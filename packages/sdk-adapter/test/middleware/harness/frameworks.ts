import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import type { Express } from 'express';
import express4 from 'express4';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { secureExpress } from '../../../src/express.js';
import { secureFastify } from '../../../src/fastify.js';
import { secureHono } from '../../../src/hono.js';
import type { SecureHandlerOptions } from '../../../src/http.js';
import type { HttpServer } from '../../harness/http-server.js';
import { makeRoutes } from './routes.js';
import type { RouteOptions, Routes } from './routes.js';

/** What a test puts around the middleware, in the framework's own idiom. */
export interface Around {
  /** What OAuth would say of every request, in front of the middleware or behind it. */
  readonly oauth?: { readonly place: 'before' | 'after'; readonly authInfo: object };
}

export interface Served extends HttpServer {
  readonly routes: Routes;
}

export type Serve = (options: SecureHandlerOptions, route: RouteOptions, around?: Around) => Promise<Served>;

/** One framework, in one version, served over loopback. */
export interface Framework {
  readonly name: string;
  readonly serve: Serve;
  /** Where OAuth may stand. */
  readonly oauth: readonly ('before' | 'after')[];
}

function serveExpress(create: () => Express): Serve {
  return async (options, route, { oauth } = {}) => {
    const routes = makeRoutes(route);
    const app = create();
    const secured = secureExpress(options);
    const says = (place: string) =>
      app.use('/mcp', (request, _response, next) => {
        if (oauth?.place === place) Object.assign(request, { auth: oauth.authInfo });
        next();
      });
    says('before');
    app.use('/mcp', secured);
    says('after');
    app.all('/mcp', (request, response, next) => {
      routes.node(request, response, request.body).catch(next);
    });
    return served(createServer(app), routes, () => secured.close());
  };
}

const serveFastify: Serve = async (options, route, { oauth } = {}) => {
  const routes = makeRoutes(route);
  const app = Fastify({ forceCloseConnections: true });
  await app.register(async (mcp) => {
    const says = (place: string) => (request: { raw: object }, _reply: unknown, next: () => void) => {
      if (oauth?.place === place) Object.assign(request.raw, { auth: oauth.authInfo });
      next();
    };
    mcp.addHook('onRequest', says('before'));
    await mcp.register(secureFastify, options);
    mcp.addHook('preHandler', says('after'));
    mcp.route({
      method: ['GET', 'POST', 'DELETE'],
      url: '/mcp',
      handler: async (request, reply) => {
        void reply.hijack();
        await routes.node(request.raw, reply.raw, request.body);
      },
    });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/mcp`), routes, close: () => app.close() };
};

const serveHono: Serve = async (options, route, { oauth } = {}) => {
  const routes = makeRoutes(route);
  const app = new Hono<{ Variables: { auth: object | undefined; parsedBody: unknown } }>();
  const secured = secureHono(options);
  app.use('/mcp', async (c, next) => {
    if (oauth?.place === 'before') c.set('auth', oauth.authInfo);
    await next();
  });
  app.use('/mcp', secured);
  const listener = getRequestListener(app.fetch);
  app.all('/mcp', (c) => routes.web(c.req.raw, { authInfo: c.get('auth') }));
  return served(
    createServer((request, response) => void listener(request, response)),
    routes,
    () => secured.close(),
  );
};

export const FRAMEWORKS: readonly Framework[] = [
  { name: 'Express 5', serve: serveExpress(() => express()), oauth: ['before', 'after'] },
  {
    name: 'Express 4',
    serve: serveExpress(() => express4()),
    oauth: ['before', 'after'],
  },
  { name: 'Fastify', serve: serveFastify, oauth: ['before', 'after'] },
  { name: 'Hono', serve: serveHono, oauth: ['before'] },
];

/** Listens on a free port of loopback. */
export async function served(server: Server, routes: Routes, closing: () => void): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    routes,
    close: async () => {
      closing();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
