import { afterEach, describe, expect, it } from 'vitest';
import type { RunningServer } from '../src/http/serve.js';
import { startSecured } from '../src/secured/paths.js';
import type { Fixture } from '../src/servers/fixture.js';
import { fixture1x } from '../src/servers/v1/handler.js';
import { fixture2x } from '../src/servers/v2/handler.js';
import { faultsOf } from '../src/suite/results.js';
import { runSuite } from '../src/suite/run-suite.js';
import type { Revision } from '../src/suite/run-suite.js';

let running: RunningServer | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

type Attack = (reach: typeof fetch) => typeof fetch;

const there =
  (change: (headers: Headers, body: string) => string): Attack =>
  (reach) =>
  (input, init) => {
    const headers = new Headers(init?.headers);
    const body = change(headers, typeof init?.body === 'string' ? init.body : '');
    return reach(input, { ...init, headers, ...(body === '' ? {} : { body }) });
  };

const back =
  (from: RegExp, to: string): Attack =>
  (reach) =>
  async (input, init) => {
    const response = await reach(input, init);
    if (response.body === null) return response;
    const change = new TransformStream<string, string>({
      transform: (text, out) => out.enqueue(text.replaceAll(from, to)),
    });
    const body = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(change)
      .pipeThrough(new TextEncoderStream());
    const headers = new Headers(response.headers);
    headers.delete('content-length');
    return new Response(body, { status: response.status, headers });
  };

interface Attempt {
  what: string;
  make: () => Fixture;
  revision: Revision;
  scenario: string;
  attack: Attack;
}

const attempts: Attempt[] = [
  {
    what: 'takes away the proof of whoever resumes a stream',
    make: fixture1x,
    revision: '2025-11-25',
    scenario: 'server-sse-polling',
    attack: there((headers, body) => {
      headers.delete('mcps-session');
      return body;
    }),
  },
  {
    what: 'calls another tool',
    make: fixture2x,
    revision: '2025-11-25',
    scenario: 'tools-call-image',
    attack: there((_, body) => body.replace('test_image_content', 'test_audio_content')),
  },
  {
    what: 'alters a notification',
    make: fixture1x,
    revision: '2025-06-18',
    scenario: 'tools-call-with-progress',
    attack: back(/"progress":50/g, '"progress":51'),
  },
  {
    what: 'alters a description in an answer',
    make: fixture1x,
    revision: '2025-11-25',
    scenario: 'tools-list',
    attack: back(/"description":"/g, '"description":"x'),
  },
  {
    what: 'strips the envelope of what is answered',
    make: fixture2x,
    revision: '2026-07-28',
    scenario: 'tools-list',
    attack: back(/"mcps":/g, '"other":'),
  },
  {
    what: 'shows another method in a header',
    make: fixture2x,
    revision: '2026-07-28',
    scenario: 'tools-list',
    attack: there((headers, body) => {
      if (headers.has('mcp-method')) headers.set('mcp-method', 'prompts/list');
      return body;
    }),
  },
];

describe('whoever is between the secured ends shows in the results', () => {
  // Without an attack there is no fault in any scenario: servers.test.ts.
  it.each(attempts)('$what', async ({ make, revision, scenario, attack }) => {
    running = await startSecured(make(), { options: { stateless: revision === '2026-07-28' }, attack });
    expect(faultsOf(await runSuite({ url: running.url, revision, scenario }))).not.toEqual([]);
  });
});

describe('what passes between the secured ends', () => {
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'plain', version: '1' } },
  };
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const post = (url: string) => fetch(url, { method: 'POST', headers, body: JSON.stringify(initialize) });

  it('is signed, both ways', async () => {
    const seen: unknown[] = [];
    const listen: Attack = (reach) => async (input, init) => {
      seen.push(JSON.parse(init?.body as string));
      const response = await reach(input, init);
      seen.push(await response.clone().text());
      return response;
    };
    running = await startSecured(fixture1x(), { attack: listen });
    const answer = await (await post(running.url)).text();
    expect(seen).toMatchObject([
      { method: 'initialize', mcps: { signature: expect.any(String) as string } },
      expect.stringContaining('"signature"') as string,
    ]);
    expect(answer).toContain('"protocolVersion":"2025-11-25"');
    expect(answer).not.toContain('"mcps"');
  });

  it('is refused where it is not', async () => {
    const seen: string[] = [];
    const unsigned: Attack = (reach) => async (input, init) => {
      const response = await reach(input, { ...init, body: JSON.stringify(initialize) });
      seen.push(await response.clone().text());
      return response;
    };
    running = await startSecured(fixture1x(), { attack: unsigned });
    expect(await (await post(running.url)).text()).not.toContain('"result"');
    expect(seen).toEqual([expect.stringContaining('"envelope_missing"')]);
  });
});
