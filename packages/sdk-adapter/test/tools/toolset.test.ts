import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { MemoryToolsetPinStore, TOOLSET_KEY, ToolRegistry, signTool, signToolset } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { secureMCP, secureMCPClient } from '../../src/index.js';
import type { AdapterOptions } from '../../src/index.js';
import { reasonsIn, rejectionOf, textOf } from '../harness/expectations.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';

const tool = (name: string): Wire => ({ name, description: `Does ${name}.`, inputSchema: { type: 'object' } });
const TOOLS = ['read', 'write', 'move', 'copy', 'list'].map(tool);

interface Listing {
  tools: Wire[];
  /** How many tools a page has. */
  pageSize: number;
  /** What the application does before it answers. */
  before?: (request: Wire, server: Server) => Promise<void>;
  /** What the application puts into `_meta`. */
  meta?: Wire;
}

async function connect(parties: Parties, listing: Listing, client: AdapterOptions = {}, server: AdapterOptions = {}) {
  const mcpServer = new Server({ name: 's', version: '1' }, { capabilities: { tools: { listChanged: true } } });
  secureMCP(mcpServer, { ...parties.server.options, ...server });
  const asked: Wire[] = [];
  mcpServer.setRequestHandler(ListToolsRequestSchema, async (request) => {
    asked.push(request);
    await listing.before?.(request, mcpServer);
    const start = Number(request.params?.cursor ?? 0);
    const next = start + listing.pageSize;
    const more = next < listing.tools.length ? { nextCursor: String(next) } : {};
    const meta = listing.meta === undefined ? {} : { _meta: listing.meta };
    return { tools: listing.tools.slice(start, next), ...more, ...meta };
  });
  mcpServer.setRequestHandler(CallToolRequestSchema, () => ({ content: [{ type: 'text', text: 'called' }] }));
  const mcpClient = secureMCPClient(new Client({ name: 'c', version: '1' }), { ...parties.client.options, ...client });
  const errors: Error[] = [];
  mcpClient.onerror = (error) => void errors.push(error);
  const [left, right] = InMemoryTransport.createLinkedPair();
  const wire: Wire[] = [];
  const send = right.send.bind(right);
  right.send = (message, options) => {
    wire.push(message);
    return send(message, options);
  };
  await mcpServer.connect(right);
  await mcpClient.connect(left);
  return { client: mcpClient, server: mcpServer, asked, wire, errors };
}

/** Lists as applications do, page by page. */
async function names(client: Client): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    found.push(...page.tools.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

const reasonOf = async (client: Client): Promise<unknown> =>
  ((await rejectionOf(names(client))).data as { reason?: unknown }).reason;

const REQUIRED: AdapterOptions = { tools: { requireToolset: true } };

describe('a server', () => {
  it.each([1, 2, 5, 100])('states its whole list on every page, %d tools a page', async (pageSize) => {
    const parties = await makeParties();
    const { client, wire } = await connect(parties, { tools: TOOLS, pageSize }, REQUIRED);
    for (let time = 0; time < 2; time++) expect(await names(client)).toEqual(TOOLS.map(({ name }) => name));
    const pages = wire.filter(({ result }) => result?.tools !== undefined);
    expect(pages).toHaveLength(2 * Math.ceil(TOOLS.length / pageSize));
    const statements = new Set(pages.map(({ result }) => JSON.stringify(result._meta[TOOLSET_KEY])));
    expect(statements.size).toBe(1);
    expect(await client.listTools()).not.toHaveProperty('_meta');
    await client.close();
  });

  it('asks its application for the other pages ahead, and nothing of that goes on the wire', async () => {
    const parties = await makeParties();
    const { client, asked, wire } = await connect(parties, { tools: TOOLS, pageSize: 2 }, REQUIRED);
    await client.listTools({}, { onprogress: () => undefined });
    expect(asked.map(({ params }) => params?.cursor)).toEqual([undefined, '2', '4']);
    expect(asked.map(({ params }) => params?._meta?.progressToken !== undefined)).toEqual([true, false, false]);
    expect(wire.filter(({ id }) => typeof id === 'string')).toEqual([]);
    expect(wire.filter(({ result }) => result?.tools !== undefined)).toHaveLength(1);
    await client.close();
  });

  it('lets its application ask the client before it answers', async () => {
    const parties = await makeParties();
    const before = async (_request: Wire, server: Server): Promise<void> => {
      await server.ping();
    };
    const { client } = await connect(parties, { tools: TOOLS, pageSize: 2, before }, REQUIRED);
    expect(await names(client)).toHaveLength(5);
    await client.close();
  });

  it('lists without a statement where the application cannot list to the end', async () => {
    const parties = await makeParties();
    const before = (request: Wire): Promise<void> =>
      request.params?.cursor === '4' ? Promise.reject(new Error('broken')) : Promise.resolve();
    const { client, wire } = await connect(parties, { tools: TOOLS, pageSize: 2, before });
    expect((await client.listTools()).tools).toHaveLength(2);
    expect(wire.at(-1)?.result._meta[TOOLSET_KEY]).toBeUndefined();
    await client.close();
  });

  it('gives up on an application that lists without an end', async () => {
    const parties = await makeParties();
    const { client, asked } = await connect(parties, { tools: Array<Wire>(3_000).fill(tool('same')), pageSize: 1 });
    expect((await client.listTools()).tools).toHaveLength(1);
    expect(asked).toHaveLength(1_000);
    await client.close();
  });

  it('numbers its lists so that one may come back', async () => {
    const parties = await makeParties();
    const listing = { tools: TOOLS, pageSize: 2 };
    const { client } = await connect(parties, listing, REQUIRED);
    for (const tools of [TOOLS, TOOLS.slice(1), TOOLS, [], TOOLS]) {
      listing.tools = tools;
      expect(await names(client)).toEqual(tools.map(({ name }) => name));
    }
    await client.close();
  });

  it('states the present list after a change that it has announced', async () => {
    const parties = await makeParties();
    const listing = { tools: TOOLS, pageSize: 2 };
    const { client, server } = await connect(parties, listing, REQUIRED);
    const { nextCursor } = await client.listTools();
    listing.tools = TOOLS.slice(0, 4);
    await server.sendToolListChanged();
    const page = rejectionOf(client.listTools({ cursor: nextCursor! }));
    expect((await page).data).toMatchObject({ reason: 'toolset_mismatch' });
    expect(await names(client)).toHaveLength(4);
    await client.close();
  });

  it('takes the number of the list from the application', async () => {
    const parties = await makeParties();
    const listing = { tools: TOOLS, pageSize: 9 };
    const client = { ...REQUIRED, toolsetPins: new MemoryToolsetPinStore(), endpoint: 'stdio:server' };
    let version = 7;
    const server = { tools: { toolset: { version: () => version } } };
    const connected = await connect(parties, listing, client, server);
    expect(await names(connected.client)).toHaveLength(5);
    expect(await client.toolsetPins.get('stdio:server')).toMatchObject({ version: 7 });
    listing.tools = [];
    expect(await reasonOf(connected.client)).toBe('toolset_rolled_back');
    version = 8;
    expect(await names(connected.client)).toEqual([]);
    await connected.client.close();
  });

  it.each([-1, 0.5, Number.NaN])('takes no number that is none: %d', async (version) => {
    const parties = await makeParties();
    await expect(
      connect(parties, { tools: [], pageSize: 1 }, {}, { tools: { toolset: { version } } }),
    ).rejects.toMatchObject({ code: 'option_invalid' });
  });
});

describe('a client', () => {
  it('refuses a list that nobody has stated, where it requires a statement or has had one before', async () => {
    const parties = await makeParties();
    const listing = { tools: TOOLS, pageSize: 2 };
    const silent: AdapterOptions = { tools: { toolset: false } };
    const strict = await connect(parties, listing, REQUIRED, silent);
    expect(await reasonOf(strict.client)).toBe('toolset_missing');
    await strict.client.close();

    const options = { toolsetPins: new MemoryToolsetPinStore(), endpoint: 'stdio:server' };
    const first = await connect(parties, listing, options, silent);
    expect(await names(first.client)).toHaveLength(5);
    await first.client.close();
    const stated = await connect(parties, listing, options);
    expect(await names(stated.client)).toHaveLength(5);
    await stated.client.close();
    const later = await connect(parties, listing, options, silent);
    expect(await reasonOf(later.client)).toBe('toolset_missing');
    await later.client.close();
    const lax = await connect(parties, listing, { ...options, tools: { requireToolset: false } }, silent);
    expect(await names(lax.client)).toHaveLength(5);
    await lax.client.close();
  });

  it('may ask for a page again, and refuses one that belongs to no listing', async () => {
    const parties = await makeParties();
    const { client } = await connect(parties, { tools: TOOLS, pageSize: 3 }, REQUIRED);
    const { nextCursor } = await client.listTools();
    for (let time = 0; time < 2; time++)
      expect((await client.listTools({ cursor: nextCursor! })).tools.map(({ name }) => name)).toEqual(['copy', 'list']);
    const stray = await rejectionOf(client.listTools({ cursor: '1' }));
    expect(stray.data).toMatchObject({ reason: 'toolset_mismatch' });
    await client.close();
  });

  it('says of which kind a collision is', async () => {
    const parties = await makeParties();
    const toolRegistry = new ToolRegistry();
    const lists = [['pay'], ['pay', 'Pay'], ['p\u0430y']];
    for (const [index, list] of lists.entries()) {
      const options = { toolRegistry, endpoint: `stdio:${index}` };
      const { client } = await connect(parties, { tools: list.map(tool), pageSize: 9 }, options);
      await names(client);
      await client.close();
    }
    const collisions = parties.client.audit.flatMap((event) => (event.type === 'tool.collision' ? [event] : []));
    const other = (kind: string, otherServer: string, otherName: string) => ({ kind, otherServer, otherName });
    expect(collisions.map(({ server, tool: name, collision }) => ({ server, name, collision }))).toEqual([
      { server: 'stdio:1', name: 'pay', collision: other('shadowing', 'stdio:0', 'pay') },
      { server: 'stdio:1', name: 'Pay', collision: other('case', 'stdio:0', 'pay') },
      { server: 'stdio:1', name: 'Pay', collision: other('case', 'stdio:1', 'pay') },
      { server: 'stdio:2', name: 'p\u0430y', collision: other('confusable', 'stdio:0', 'pay') },
      { server: 'stdio:2', name: 'p\u0430y', collision: other('confusable', 'stdio:1', 'pay') },
      { server: 'stdio:2', name: 'p\u0430y', collision: other('confusable', 'stdio:1', 'Pay') },
    ]);
  });
});

/** A gateway with a valid passport of its own, which signs every message properly, between a client and the author of the tools. */
describe('a gateway between a client and the author that it trusts', () => {
  async function world() {
    const parties = await makeParties();
    const author = await parties.authority.issue('author');
    const by = { passportId: author.passport.passport_id, key: author.privateKey };
    const sign = (list: Wire[]): Promise<Wire[]> => Promise.all(list.map((each) => signTool(each, by)));
    const signed = await sign(TOOLS);
    const client: AdapterOptions = {
      endpoint: 'stdio:gateway',
      toolsetPins: new MemoryToolsetPinStore(),
      tools: { authors: { [by.passportId]: author.publicKey }, requireToolset: true },
    };
    const state = (list: Wire[], version: number): Promise<object> => signToolset(list, { ...by, version });
    return { parties, client, sign, signed, state, statement: await state(signed, 1) };
  }

  it('passes on what the author has signed, in pages of any size, or as configured', async () => {
    const { parties, client, signed, statement } = await world();
    for (const pageSize of [1, 2, 9]) {
      const meta = { [TOOLSET_KEY]: statement };
      const { client: connected } = await connect(parties, { tools: signed, pageSize, meta }, client);
      expect(await names(connected)).toHaveLength(5);
      expect(textOf(await connected.callTool({ name: 'read', arguments: {} }))).toBe('called');
      await connected.close();
    }
    const configured = { tools: { toolset: { statement: statement as never } } };
    const { client: connected } = await connect(parties, { tools: signed, pageSize: 2 }, client, configured);
    expect(await names(connected)).toHaveLength(5);
    await connected.close();
  });

  const attacks: Record<string, (signed: Wire[], extra: Wire) => Wire[]> = {
    'leaves a tool out': (signed) => signed.filter(({ name }) => name !== 'write'),
    'leaves the last page out': (signed) => signed.slice(0, 4),
    'adds a tool that the author has signed for another list': (signed, extra) => [...signed, extra],
    'exchanges a tool for such a one': (signed, extra) => [...signed.slice(0, 4), extra],
    'puts the tools into another order': (signed) => [...signed].reverse(),
    'renames a tool': (signed) => signed.map((each, index) => (index === 1 ? { ...each, name: 'write_all' } : each)),
    'changes a tool': (signed) => signed.map((each, index) => (index === 1 ? { ...each, description: 'Evil' } : each)),
    'lists a tool twice': (signed) => [...signed.slice(0, 4), ...signed.slice(0, 1)],
  };
  for (const [what, attack] of Object.entries(attacks)) {
    it(`is noticed where it ${what}, and what it listed cannot be called`, async () => {
      const { parties, client, sign, signed, statement } = await world();
      const tools = attack(signed, (await sign([tool('shell')]))[0]);
      const meta = { [TOOLSET_KEY]: statement };
      const { client: connected, errors } = await connect(parties, { tools, pageSize: 2, meta }, client);
      expect(await reasonOf(connected)).toBe('toolset_mismatch');
      expect(await rejectionOf(connected.callTool({ name: 'read', arguments: {} }))).toMatchObject({
        code: -33008,
        data: { code: 'MCPS-008', reason: 'toolset_mismatch' },
      });
      expect(reasonsIn(errors).at(-1)).toBe('toolset_mismatch');
      expect(parties.client.audit).toContainEqual(
        expect.objectContaining({ type: 'tool.refused', server: 'stdio:gateway', reason: 'toolset_mismatch' }),
      );
      await connected.close();
    });
  }

  it('gets through with a list that lacks a tool where nobody asks for a statement: it is the statement that stops it', async () => {
    const { parties, client, signed, statement } = await world();
    const tools = signed.slice(1);
    const tolerant = { ...client, tools: { ...client.tools, requireToolset: false } };
    const { client: connected } = await connect(parties, { tools, pageSize: 9 }, tolerant);
    expect(await names(connected)).toEqual(['write', 'move', 'copy', 'list']);
    await connected.close();
    const meta = { [TOOLSET_KEY]: statement };
    const stated = await connect(parties, { tools, pageSize: 9, meta }, tolerant);
    expect(await reasonOf(stated.client)).toBe('toolset_mismatch');
    await stated.client.close();
  });

  it('is noticed where it takes the statement away, or puts its own in its place', async () => {
    const { parties, client, signed } = await world();
    const tools = signed.slice(1);
    const own = await connect(parties, { tools, pageSize: 9 }, client);
    expect(await reasonOf(own.client)).toBe('toolset_signer_unknown');
    await own.client.close();
    const none = await connect(parties, { tools, pageSize: 9 }, client, { tools: { toolset: false } });
    expect(await reasonOf(none.client)).toBe('toolset_missing');
    await none.client.close();
  });

  it('is noticed where it goes back to a list that the author has replaced, also on a later connection', async () => {
    const { parties, client, signed, state, statement: older } = await world();
    const present = { tools: signed.slice(1), pageSize: 2, meta: { [TOOLSET_KEY]: await state(signed.slice(1), 2) } };
    const first = await connect(parties, present, client);
    expect(await names(first.client)).toHaveLength(4);
    await first.client.close();
    const back = await connect(parties, { tools: signed, pageSize: 2, meta: { [TOOLSET_KEY]: older } }, client);
    expect(await reasonOf(back.client)).toBe('toolset_rolled_back');
    await back.client.close();
    const again = await connect(parties, present, client);
    expect(await names(again.client)).toHaveLength(4);
    await again.client.close();
  });

  it('is only reported while the client observes', async () => {
    const { parties, client, signed, statement } = await world();
    const meta = { [TOOLSET_KEY]: statement };
    const observing = { ...client, mode: 'observe' } as AdapterOptions;
    const { client: connected } = await connect(parties, { tools: signed.slice(1), pageSize: 9, meta }, observing);
    expect(await names(connected)).toHaveLength(4);
    expect(parties.client.audit).toContainEqual(
      expect.objectContaining({ type: 'tool.reported', reason: 'toolset_mismatch' }),
    );
    await connected.close();
  });
});
