import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Stopwatch } from '../src/harness/stopwatch.js';
import { HttpConnection, requestText } from '../src/http/connection.js';
import { HttpLoad, loading } from '../src/http/load.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<URL> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(started.address() as AddressInfo).port}`);
}

describe('HttpConnection', () => {
  it('sends one request after the other over one connection, and reads what comes in pieces', async () => {
    const seen: string[] = [];
    let connections = 0;
    const url = await serve((request, response) => {
      void (async () => {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
        response.writeHead(seen.length === 1 ? 201 : 200, { 'content-length': 6 });
        response.write('häl');
        await setImmediate();
        response.end('lo');
      })();
    });
    server?.on('connection', () => connections++);
    const connection = await HttpConnection.open(url);
    const first = await connection.send(requestText('POST', '/a', { token: 't', body: { x: 'ä' } }));
    const second = await connection.send(requestText('GET', '/b'));
    expect([first.status, first.body.toString()]).toEqual([201, 'hällo']);
    expect([second.status, second.body.toString()]).toEqual([200, 'hällo']);
    expect(seen).toEqual(['POST /a Bearer t {"x":"ä"}', 'GET /b undefined ']);
    expect(connections).toBe(1);
    connection.close();
  });

  it('rejects where the server goes away, or does not say how long its answer is', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/gone') response.destroy();
      else response.write('in chunks');
    });
    for (const path of ['/gone', '/chunks']) {
      const connection = await HttpConnection.open(url);
      await expect(connection.send(requestText('GET', path))).rejects.toThrow();
      connection.close();
    }
  });
});

describe('loading', () => {
  it('keeps every connection busy, sends every request once, and counts what is not answered as expected', async () => {
    let [running, most, served, status] = [0, 0, 0, 200];
    const url = await serve((_request, response) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        served++;
        response.writeHead(status, { 'content-length': 0 }).end();
      }, 5);
    });
    const load = await HttpLoad.open(url, 4);
    const contestant = loading('x', load, 200, (count) => Array<string>(count).fill(requestText('GET', '/')));
    await contestant.run(12, new Stopwatch());
    expect({ most, served }).toEqual({ most: 4, served: 12 });
    status = 503;
    await expect(contestant.run(2, new Stopwatch())).rejects.toThrow('x: 2 of 2 answers are not 200');
    load.close();
  });
});
