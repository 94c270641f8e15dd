import { request } from 'node:http';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MCPS, Workspace } from '../support/mcps.js';
import { Running, freePort, programOf, reachable } from '../support/programs.js';

// client over plain HTTP -> mcps connect --listen -> mcps proxy -> server-everything over plain HTTP

const work = new Workspace();
const started: Running[] = [];
let local: URL;
let remote: string;

async function start(args: readonly string[]): Promise<string> {
  const program = Running.start([MCPS, ...args]);
  started.push(program);
  return program.printed(/listening at (\S+)/);
}

const listening = ['--listen', '127.0.0.1:0'];

beforeAll(async () => {
  await work.json(['init']);
  const port = await freePort();
  started.push(
    Running.start([programOf('@modelcontextprotocol/server-everything'), 'streamableHttp'], { PORT: String(port) }),
  );
  const plain = `http://127.0.0.1:${port}/mcp`;
  await reachable(plain);
  remote = await start(['proxy', '--identity', work.file('mcps/server.json'), '--to', plain, ...listening]);
  local = new URL(await start(['connect', remote, '--identity', work.file('mcps/agent.json'), ...listening]));
});

afterAll(async () => {
  for (const program of started) await program.stop('SIGKILL');
  work.remove();
});

async function open(url: URL | string): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
  const client = new Client({ name: 'plain', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  return { client, transport };
}

const echo = async (client: Client, message: string): Promise<string> =>
  JSON.stringify(await client.callTool({ name: 'echo', arguments: { message } }));

/** The status of one request with such headers. */
function statusOf(headers: Record<string, string>, path = local.pathname): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: local.hostname, port: local.port, path, method: 'POST', headers };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end('{}');
  });
}

describe('mcps connect --listen', () => {
  it('serves plain clients over HTTP, each with a session of its own, through a signed hop', async () => {
    const [first, second] = [await open(local), await open(local)];
    expect(first.transport.sessionId).not.toBe(second.transport.sessionId);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        echo(index % 2 === 0 ? first.client : second.client, `message ${index}`),
      ),
    );
    answers.forEach((answer, index) => expect(answer).toContain(`message ${index}`));
    await first.transport.terminateSession();
    await expect(echo(first.client, 'after the end')).rejects.toThrow();
    expect(await echo(second.client, 'still here')).toContain('still here');
    await Promise.all([first.client.close(), second.client.close()]);
  });

  it('is needed: the server behind it refuses whoever does not sign', async () => {
    await expect(open(remote)).rejects.toThrow();
  });

  it('is for programs of this machine: pages of the web are refused, and so are names that merely lead here', async () => {
    const json = { 'content-type': 'application/json' };
    expect(await statusOf({ ...json, origin: 'https://page.example' })).toBe(403);
    expect(await statusOf({ ...json, host: 'page.example' })).toBe(403);
    expect(await statusOf({ ...json, host: 'page.example', origin: 'http://page.example' })).toBe(403);
    expect(await statusOf({ ...json, origin: 'http://127.0.0.1:1' })).toBe(403);
    expect(await statusOf(json, '/elsewhere')).toBe(404);
    expect(await statusOf({ ...json, 'mcp-session-id': 'nobody' })).toBe(404);
  });

  it('goes with a URL alone', async () => {
    const args = ['connect', ...listening, '--identity', work.file('mcps/agent.json'), '--', 'true'];
    expect(await work.run(args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--listen goes with a URL'),
    });
  });
});
