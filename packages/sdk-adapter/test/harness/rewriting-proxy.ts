import { request as forward } from 'node:http';
import { listen } from './http-server.js';
import type { HttpServer } from './http-server.js';

/** A proxy that takes a prefix off paths, as gateways do for the servers behind them. */
export async function serveBehindPrefix(target: URL, prefix: string): Promise<HttpServer> {
  const proxy = await listen((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    if (!url.startsWith(`${prefix}/`)) {
      outgoing.writeHead(404).end();
      return Promise.resolve();
    }
    const path = url.slice(prefix.length);
    const out = forward({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    out.on('error', () => outgoing.destroy());
    outgoing.on('close', () => out.destroy());
    incoming.pipe(out);
    return Promise.resolve();
  });
  return { ...proxy, url: new URL(`${prefix}${target.pathname}${target.search}`, proxy.url) };
}
