import { describe, expect, it } from 'vitest';
import { reverseProxy } from '../src/http/hop.js';
import type { FetchHandler } from '../src/http/serve.js';
import { startBehindHop } from '../src/paths.js';
import type { Fixture } from '../src/servers/fixture.js';
import { fixture1x } from '../src/servers/v1/handler.js';
import { fixture2x } from '../src/servers/v2/handler.js';
import { faultsOf } from '../src/suite/results.js';
import { runSuite } from '../src/suite/run-suite.js';
import type { Revision } from '../src/suite/run-suite.js';

/** A proxy that loses something on the way there or back. */
function lossy(there: (headers: Headers) => void, back: (response: Response) => Response = (response) => response) {
  return (target: string): FetchHandler => {
    const whole = reverseProxy(target);
    return async (request) => {
      const headers = new Headers(request.headers);
      there(headers);
      return back(await whole(new Request(request, { headers })));
    };
  };
}

const without = (name: string) => lossy((headers) => headers.delete(name));
const rewritten = (from: RegExp, to: string) =>
  lossy(
    () => undefined,
    (response) => {
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
      if (!isStream || response.body === null) return response;
      const body = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(
          new TransformStream<string, string>({ transform: (text, out) => out.enqueue(text.replace(from, to)) }),
        )
        .pipeThrough(new TextEncoderStream());
      return new Response(body, response);
    },
  );

interface Loss {
  what: string;
  make: () => Fixture;
  revision: Revision;
  scenario: string;
  proxy: (target: string) => FetchHandler;
}

const losses: Loss[] = [
  {
    what: 'Last-Event-ID',
    make: fixture1x,
    revision: '2025-11-25',
    scenario: 'server-sse-polling',
    proxy: without('last-event-id'),
  },
  {
    what: 'the retry line',
    make: fixture1x,
    revision: '2025-11-25',
    scenario: 'server-sse-polling',
    proxy: rewritten(/^retry:.*\n/m, ''),
  },
  {
    what: 'Mcp-Session-Id',
    make: fixture1x,
    revision: '2025-11-25',
    scenario: 'server-session-lifecycle',
    proxy: without('mcp-session-id'),
  },
  {
    what: 'a status',
    make: fixture1x,
    revision: '2025-11-25',
    scenario: 'server-session-lifecycle',
    proxy: lossy(
      () => undefined,
      (response) => new Response(response.body, { headers: response.headers }),
    ),
  },
  {
    what: 'Mcp-Method',
    make: fixture2x,
    revision: '2026-07-28',
    scenario: 'http-header-validation',
    proxy: without('mcp-method'),
  },
  {
    what: 'Mcp-Name',
    make: fixture2x,
    revision: '2026-07-28',
    scenario: 'http-header-validation',
    proxy: without('mcp-name'),
  },
  {
    what: 'MCP-Protocol-Version',
    make: fixture2x,
    revision: '2026-07-28',
    scenario: 'tools-list',
    proxy: without('mcp-protocol-version'),
  },
  {
    what: 'a parameter header',
    make: fixture2x,
    revision: '2026-07-28',
    scenario: 'http-custom-header-server-validation',
    proxy: without('mcp-param-region'),
  },
  {
    what: 'a notification',
    make: fixture2x,
    revision: '2026-07-28',
    scenario: 'tools-call-with-progress',
    proxy: rewritten(/notifications\/progress/, 'notifications/other'),
  },
];

describe('what a hop loses shows in the results', () => {
  // Without a loss there is no fault in any scenario: servers.test.ts.
  it.each(losses)('$what', async ({ make, revision, scenario, proxy }) => {
    const behind = await startBehindHop(make(), { proxy });
    try {
      expect(faultsOf(await runSuite({ url: behind.url, revision, scenario }))).not.toEqual([]);
    } finally {
      await behind.close();
    }
  });
});
