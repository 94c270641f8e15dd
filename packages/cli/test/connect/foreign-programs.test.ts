import { experimental_createMCPClient as createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MCPS, Workspace } from '../support/mcps.js';
import { Running, freePort, programOf, reachable } from '../support/programs.js';

// Nothing in these chains but `mcps` itself is of this repository: an independent client, bridges and servers from npm.

let work: Workspace;
const started: Running[] = [];

beforeAll(async () => {
  work = new Workspace();
  await work.json(['init']);
});

afterAll(async () => {
  for (const program of started) await program.stop('SIGKILL');
  work.remove();
});

const everything = programOf('@modelcontextprotocol/server-everything');
const wrap = (...command: string[]) => [
  ...[process.execPath, MCPS, 'wrap', '--identity', work.file('mcps/server.json')],
  ...['--audit', work.file('audit.jsonl'), '--audit-format', 'jsonl'],
  ...['--', process.execPath, ...command],
];
const connect = (...server: string[]) => ['connect', '--identity', work.file('mcps/agent.json'), ...server];

function start(args: readonly string[], env?: Record<string, string>): Running {
  const program = Running.start(args, env);
  started.push(program);
  return program;
}

/** Starts `mcps connect` in place of a server, as any client does. */
async function withClient(
  args: readonly string[],
  use: (client: Awaited<ReturnType<typeof createMCPClient>>) => Promise<void>,
): Promise<void> {
  const transport = new StdioMCPTransport({
    command: process.execPath,
    args: [MCPS, ...args],
    env: { MCP_REMOTE_CONFIG_DIR: work.path },
  });
  const client = await createMCPClient({ transport });
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

async function call(client: Awaited<ReturnType<typeof createMCPClient>>, name: string, args: object): Promise<string> {
  const tools = await client.tools();
  const tool = tools[name];
  if (tool === undefined) throw new Error(`there is no tool ${name}: ${Object.keys(tools).join()}`);
  return JSON.stringify(await tool.execute(args, { toolCallId: '1', messages: [] }));
}

describe('programs that nobody here wrote', () => {
  it('AI SDK client, connect, wrap, server-filesystem: over stdio', async () => {
    work.write('note.txt', 'behind two signatures');
    const filesystem = [programOf('@modelcontextprotocol/server-filesystem'), work.path];
    await withClient(connect('--', ...wrap(...filesystem)), async (client) => {
      expect(await call(client, 'read_text_file', { path: work.file('note.txt') })).toContain('behind two signatures');
    });
    // The hop was secured, and not merely passed through.
    const events = work
      .read('audit.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events.map(({ event }) => event)).toContain('session.established');
  });

  it('AI SDK client, connect <url>, proxy, supergateway, server-everything: over Streamable HTTP', async () => {
    const port = await freePort();
    const plain = `http://127.0.0.1:${port}/mcp`;
    start([
      ...[programOf('supergateway'), '--stdio', `${process.execPath} ${everything} stdio`, '--host', '127.0.0.1'],
      ...['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port)],
    ]);
    await reachable(plain);
    const proxy = start([
      ...[MCPS, 'proxy', '--identity', work.file('mcps/server.json'), '--to', plain, '--listen', '127.0.0.1:0'],
    ]);
    const endpoint = await proxy.printed(/listening at (\S+)/);
    await withClient(connect(endpoint), async (client) => {
      expect(await call(client, 'get-sum', { a: 2, b: 3 })).toContain('5');
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => call(client, 'echo', { message: `message ${index}` })),
      );
      answers.forEach((answer, index) => expect(answer).toContain(`message ${index}`));
    });
    expect(await proxy.stop()).toMatchObject({ code: 0 });
  });

  it('AI SDK client, connect, wrap, mcp-remote, server-everything: stdio in front of HTTP', async () => {
    const port = await freePort();
    start([everything, 'streamableHttp'], { PORT: String(port) });
    const plain = `http://127.0.0.1:${port}/mcp`;
    await reachable(plain);
    const remote = [programOf('mcp-remote'), plain, '--allow-http', '--transport', 'http-only'];
    await withClient(connect('--', ...wrap(...remote)), async (client) => {
      expect(await call(client, 'get-sum', { a: 20, b: 22 })).toContain('42');
    });
  });

  it('a server without MCPS behind connect: the client gets an error, and no tools', async () => {
    await expect(
      withClient(connect('--', process.execPath, everything, 'stdio'), async () => undefined),
    ).rejects.toThrow(/signature/);
  });

  it('a client without MCPS in front of wrap and of proxy: refused', async () => {
    const [, , ...args] = wrap(everything, 'stdio');
    await expect(withClient(args, async () => undefined)).rejects.toThrow(/signature/);
  });
});
