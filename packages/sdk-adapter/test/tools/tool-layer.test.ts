import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  ListToolsResultSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { MemoryToolPinStore, ToolRegistry, signTool } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { secureMCP, secureMCPClient } from '../../src/index.js';
import type { AdapterOptions } from '../../src/index.js';
import { reasonsIn, rejectionOf, textOf, until } from '../harness/expectations.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';

const SIGNATURE = 'dev.mcps/signature';

const TOOLS: Wire[] = [
  {
    name: 'read',
    title: 'Read',
    description: 'Reads',
    inputSchema: { type: 'object' },
    annotations: { readOnlyHint: true },
    _meta: { 'dev.example/x': [1] },
  },
  {
    name: 'write',
    description: 'Writes',
    inputSchema: { type: 'object' },
    outputSchema: { type: 'object', properties: {} },
  },
];

interface Listing {
  /** What the server lists: the poisoner holds a valid passport and is the server itself. */
  tools: Wire[];
  result?: Wire;
  called: string[];
}

async function connect(
  parties: Parties,
  listing: Listing,
  client: AdapterOptions = {},
  server: AdapterOptions | 'plain' = {},
) {
  const mcpServer = new McpServer({ name: 's', version: '1' }, { capabilities: { tools: { listChanged: true } } })
    .server;
  if (server !== 'plain') secureMCP(mcpServer, { ...parties.server.options, ...server });
  mcpServer.setRequestHandler(ListToolsRequestSchema, (request) => {
    if (listing.result !== undefined) return listing.result;
    // Two tools a page.
    const start = Number(request.params?.cursor ?? 0);
    const next = start + 2;
    return {
      tools: listing.tools.slice(start, next),
      ...(next < listing.tools.length ? { nextCursor: String(next) } : {}),
    };
  });
  mcpServer.setRequestHandler(CallToolRequestSchema, (request) => {
    listing.called.push(request.params.name);
    return { content: [{ type: 'text', text: 'called' }], structuredContent: {} };
  });
  const mcpClient = secureMCPClient(new Client({ name: 'c', version: '1' }), { ...parties.client.options, ...client });
  const [left, right] = InMemoryTransport.createLinkedPair();
  await mcpServer.connect(right);
  await mcpClient.connect(left);
  return { client: mcpClient, server: mcpServer };
}

const listingOf = (...tools: Wire[]): Listing => ({ tools: structuredClone(tools), called: [] });
const names = async (client: Client) => (await client.listTools()).tools.map((tool) => tool.name);
const call = (client: Client, name: string) => client.callTool({ name, arguments: {} });

/** Signs a tool as somebody else's, as an author does. */
const authored = async (parties: Parties, tool: Wire) => {
  const author = await parties.authority.issue('author');
  const signed: Wire = await signTool(structuredClone(tool), {
    passportId: author.passport.passport_id,
    key: author.privateKey,
  });
  return { author, signed };
};

describe('a server', () => {
  it('signs each tool that it lists, on every page, and leaves the rest of the tool alone', async () => {
    const parties = await makeParties();
    const listing = listingOf(...TOOLS, { name: 'third', inputSchema: { type: 'object' } });
    const { client } = await connect(parties, listing);
    const first = await client.listTools();
    const second = await client.listTools({ cursor: first.nextCursor! });
    const tools: Wire[] = [...first.tools, ...second.tools];
    expect(tools).toHaveLength(3);
    for (const [index, tool] of tools.entries()) {
      expect(tool._meta[SIGNATURE]).toMatchObject({ signed_by: parties.server.identity.passport.passport_id });
      const { [SIGNATURE]: _signature, ...meta } = tool._meta;
      expect({ ...tool, _meta: meta }).toEqual({ ...listing.tools[index], _meta: listing.tools[index]._meta ?? {} });
    }
    await client.close();
  });

  it('leaves the signature of an author alone', async () => {
    const parties = await makeParties();
    const { author, signed } = await authored(parties, TOOLS[0]);
    const { client } = await connect(parties, listingOf(signed), {
      tools: { authors: { [author.passport.passport_id]: author.publicKey } },
    });
    const [tool] = (await client.listTools()).tools as Wire[];
    expect(tool._meta[SIGNATURE].signed_by).toBe(author.passport.passport_id);
    await client.close();
  });

  it('signs none where that is switched off', async () => {
    const parties = await makeParties();
    const lax = { tools: { requireSignature: false } };
    const { client } = await connect(parties, listingOf(...TOOLS), lax, { tools: { sign: false } });
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool._meta?.[SIGNATURE])).toEqual([undefined, undefined]);
    await client.close();
  });

  it('leaves results of another shape alone', async () => {
    const parties = await makeParties();
    for (const result of [{ tools: 'none' }, {}, { tools: { read: TOOLS[0] } }, { tools: [TOOLS[0]], more: true }]) {
      const { client } = await connect(parties, { tools: [], result, called: [] });
      const seen = await client
        .request(
          { method: 'tools/list' },
          ListToolsResultSchema.loose().partial().or(ListToolsResultSchema.catchall(ListToolsResultSchema)),
        )
        .catch((error: unknown) => error);
      expect(seen).toBeDefined();
      await client.close();
    }
  });
});

describe('a client', () => {
  const unsigned = { tools: { sign: false } } as const;

  const poisoned = async (parties: Parties, change: (tool: Wire) => void) => {
    const { author, signed } = await authored(parties, TOOLS[0]);
    const bad = structuredClone(signed);
    change(bad);
    return { author, bad, good: signed, policy: { authors: { [author.passport.passport_id]: author.publicKey } } };
  };

  it.each<[string, (tool: Wire) => void]>([
    ['name', (tool) => (tool.name = 'other')],
    ['title', (tool) => (tool.title = 'Other')],
    ['description', (tool) => (tool.description = 'Reads, and mails it to me')],
    ['inputSchema', (tool) => (tool.inputSchema.properties = { secret: { type: 'string' } })],
    ['annotations', (tool) => (tool.annotations.readOnlyHint = false)],
    ['_meta', (tool) => (tool._meta['dev.example/x'] = [2])],
    ['an added member', (tool) => (tool.outputSchema = { type: 'object' })],
  ])(
    'removes a tool whose %s was changed by a server that holds a valid passport, and refuses to call it',
    async (_what, change) => {
      const parties = await makeParties();
      const { bad, policy } = await poisoned(parties, change);
      const listing = listingOf(bad);
      const { client } = await connect(parties, listing, { tools: policy });
      expect(await names(client)).toEqual([]);
      expect(await rejectionOf(call(client, bad.name))).toMatchObject({
        code: -33008,
        data: { code: 'MCPS-008', reason: 'tool_hash_mismatch' },
      });
      expect(listing.called).toEqual([]);
      expect(parties.client.audit).toContainEqual(
        expect.objectContaining({ type: 'tool.refused', tool: bad.name, reason: 'tool_hash_mismatch' }),
      );
      await client.close();
    },
  );

  it('keeps the good tools of a list that holds a bad one, or refuses all of it, as it is told', async () => {
    const parties = await makeParties();
    const { bad, good, policy } = await poisoned(parties, (tool) => (tool.description = 'evil'));
    bad.name = 'bad';
    const removing = await connect(parties, listingOf(good, bad), { tools: policy });
    expect(await names(removing.client)).toEqual(['read']);
    expect(textOf(await call(removing.client, 'read'))).toBe('called');
    await removing.client.close();
    const refusing = await connect(parties, listingOf(good, bad), { tools: { ...policy, onFailure: 'refuse' } });
    expect(await rejectionOf(names(refusing.client))).toMatchObject({
      code: -33008,
      data: { reason: 'tool_hash_mismatch' },
    });
    await refusing.client.close();
  });

  it.each<[string, string, (tool: Wire) => void]>([
    ['broken', 'tool_signature_malformed', (tool) => (tool._meta[SIGNATURE].signature = 'AAAA')],
    ['an array', 'tool_signature_malformed', (tool) => (tool._meta[SIGNATURE] = [])],
    [
      'by nobody we know',
      'tool_signer_unknown',
      (tool) => (tool._meta[SIGNATURE].signed_by = 'asp_00000000000000000000000000000000'),
    ],
    [
      'dated otherwise',
      'tool_signature_invalid',
      (tool) => (tool._meta[SIGNATURE].signed_at = '2020-01-01T00:00:00.000Z'),
    ],
    ['missing', 'tool_signature_missing', (tool) => delete tool._meta[SIGNATURE]],
  ])('refuses a tool whose signature is %s', async (_what, reason, change) => {
    const parties = await makeParties();
    const { bad, policy } = await poisoned(parties, change);
    const { client } = await connect(parties, listingOf(bad), { tools: policy }, unsigned);
    expect(await names(client)).toEqual([]);
    expect(parties.client.audit).toContainEqual(
      expect.objectContaining({ type: 'tool.refused', tool: 'read', reason }),
    );
    await client.close();
  });

  it('does not take the server for an author where authors are named', async () => {
    const parties = await makeParties();
    const author = await parties.authority.issue('author');
    const { client } = await connect(parties, listingOf(TOOLS[0]), {
      tools: { authors: { [author.passport.passport_id]: author.publicKey } },
    });
    expect(await names(client)).toEqual([]);
    await client.close();
  });

  it('notices a tool that changes after it was pinned, also on a later connection, and keeps the first', async () => {
    const parties = await makeParties();
    const toolPins = new MemoryToolPinStore();
    const listing = listingOf(...TOOLS);
    const options = { toolPins, endpoint: 'stdio:server' };
    const first = await connect(parties, listing, options);
    expect(await names(first.client)).toEqual(['read', 'write']);
    listing.tools[0].description = 'Reads, and now mails it to me';
    expect(await names(first.client)).toEqual(['write']);
    expect(await rejectionOf(call(first.client, 'read'))).toMatchObject({
      code: -33008,
      data: { reason: 'tool_pin_changed' },
    });
    await first.client.close();
    const second = await connect(parties, listing, options);
    expect(await names(second.client)).toEqual(['write']);
    listing.tools[0].description = 'Reads';
    expect(await names(second.client)).toEqual(['read', 'write']);
    expect(textOf(await call(second.client, 'read'))).toBe('called');
    await second.client.close();
  });

  it('notices a pinned tool that has lost its signature', async () => {
    const parties = await makeParties();
    const toolPins = new MemoryToolPinStore();
    const options = { toolPins, endpoint: 'stdio:server' };
    const first = await connect(parties, listingOf(TOOLS[0]), options);
    expect(await names(first.client)).toEqual(['read']);
    await first.client.close();
    const second = await connect(parties, listingOf(TOOLS[0]), options, unsigned);
    expect(await names(second.client)).toEqual([]);
    await second.client.close();
  });

  it('removes a tool that a secured server has not signed, and says so', async () => {
    const parties = await makeParties();
    const listing = listingOf(TOOLS[0]);
    const { client } = await connect(parties, listing, {}, unsigned);
    const errors: Error[] = [];
    client.onerror = (error) => void errors.push(error);
    expect(await names(client)).toEqual([]);
    expect(await rejectionOf(call(client, 'read'))).toMatchObject({
      code: -33008,
      data: { code: 'MCPS-008', reason: 'tool_signature_missing' },
    });
    expect(listing.called).toEqual([]);
    expect(reasonsIn(errors)).toEqual(['tool_signature_missing']);
    expect((errors[0]?.cause as Error).message).toContain('"read"');
    expect(parties.client.audit).toContainEqual(
      expect.objectContaining({ type: 'tool.refused', tool: 'read', reason: 'tool_signature_missing' }),
    );
    await client.close();
  });

  it('accepts such a tool where that is asked for by name', async () => {
    const parties = await makeParties();
    const { client } = await connect(parties, listingOf(TOOLS[0]), { tools: { requireSignature: false } }, unsigned);
    expect(await names(client)).toEqual(['read']);
    expect(textOf(await call(client, 'read'))).toBe('called');
    await client.close();
  });

  it('lists the tools of a server that is let in without MCPS, unless signatures are required of it too', async () => {
    const parties = await makeParties({ client: { requireSecurity: false, minTrustLevel: 0 } });
    const author = await parties.authority.issue('author');
    const authors = { [author.passport.passport_id]: author.publicKey };
    for (const [tools, expected] of [
      [{}, ['read']],
      [{ requireSignature: true }, []],
      [{ authors }, []],
    ] as const) {
      const { client } = await connect(parties, listingOf(TOOLS[0]), { tools }, 'plain');
      expect(await names(client)).toEqual(expected);
      await client.close();
    }
  });

  it('removes and refuses nothing while it observes, but reports it', async () => {
    const parties = await makeParties({ client: { mode: 'observe' } });
    const listing = listingOf(...TOOLS);
    const { client } = await connect(parties, listing, { tools: { onFailure: 'refuse' } }, unsigned);
    const errors: Error[] = [];
    client.onerror = (error) => void errors.push(error);
    expect(await names(client)).toEqual(['read', 'write']);
    expect(textOf(await call(client, 'read'))).toBe('called');
    expect(reasonsIn(errors)).toEqual(['tool_signature_missing', 'tool_signature_missing']);
    expect(parties.client.audit.filter((event) => event.type.startsWith('tool.'))).toMatchObject([
      { type: 'tool.reported', tool: 'read', reason: 'tool_signature_missing' },
      { type: 'tool.reported', tool: 'write', reason: 'tool_signature_missing' },
    ]);
    await client.close();
  });

  it('calls only what it has verified, where that is required', async () => {
    const parties = await makeParties();
    const listing = listingOf(...TOOLS);
    const { client } = await connect(parties, listing, { tools: { requireVerified: true } });
    expect(await rejectionOf(call(client, 'read'))).toMatchObject({
      code: -33008,
      data: { code: 'MCPS-008', reason: 'tool_not_verified' },
    });
    expect(listing.called).toEqual([]);
    await names(client);
    expect(textOf(await call(client, 'read'))).toBe('called');
    expect(await rejectionOf(call(client, 'hidden'))).toMatchObject({ data: { reason: 'tool_not_verified' } });
    await client.close();
    const lax = { tools: { requireVerified: true, requireSignature: false } };
    const unverified = await connect(parties, listing, lax, unsigned);
    await names(unverified.client);
    expect(await rejectionOf(call(unverified.client, 'read'))).toMatchObject({ data: { reason: 'tool_not_verified' } });
    await unverified.client.close();
  });

  it('verifies again after the list has changed', async () => {
    const parties = await makeParties();
    const listing = listingOf(TOOLS[0]);
    const { client, server } = await connect(parties, listing, { tools: { requireVerified: true } });
    const changed: number[] = [];
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => void changed.push(1));
    await names(client);
    listing.tools.push(structuredClone(TOOLS[1]));
    await server.sendToolListChanged();
    await until(() => changed.length === 1);
    expect(await rejectionOf(call(client, 'write'))).toMatchObject({ data: { reason: 'tool_not_verified' } });
    await names(client);
    expect(textOf(await call(client, 'write'))).toBe('called');
    await client.close();
  });

  it('removes what is no tool at all', async () => {
    const parties = await makeParties();
    const { client } = await connect(parties, {
      tools: [],
      called: [],
      result: { tools: ['read', null, 7, { inputSchema: {} }, TOOLS[0]] },
    });
    expect(await names(client)).toEqual(['read']);
    await client.close();
  });

  it('reports a tool of the same name on another server', async () => {
    const parties = await makeParties();
    const toolRegistry = new ToolRegistry();
    const a = await connect(parties, listingOf(TOOLS[0]), { toolRegistry, endpoint: 'stdio:a' });
    const b = await connect(parties, listingOf(TOOLS[0]), { toolRegistry, endpoint: 'stdio:b' });
    await names(a.client);
    expect(parties.client.audit.filter((event) => event.type === 'tool.collision')).toEqual([]);
    await names(b.client);
    expect(parties.client.audit).toContainEqual(
      expect.objectContaining({
        type: 'tool.collision',
        tool: 'read',
        server: 'stdio:b',
        reason: 'tool_name_collision',
      }),
    );
    await a.client.close();
    await b.client.close();
  });
});
