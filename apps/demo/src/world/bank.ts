import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REASONS } from '@mcps/protocol';
import type { AuditEvent, JsonObject } from '@mcps/protocol';
import { secureMCP } from '@mcps/sdk-adapter';
import type { SecureOptions } from '@mcps/sdk-adapter';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

/** A refusal, as the side that refused tells it. */
export interface Refusal {
  readonly side: 'server' | 'client';
  readonly code: string;
  readonly reason: string;
  readonly stage: string;
}

/** Collects the refusals of one side. */
export function refusalLog(side: Refusal['side'], log: Refusal[]): (event: AuditEvent) => void {
  return (event) => {
    if (event.type === 'message.refused')
      log.push({ side, code: event.code, reason: event.reason, stage: event.stage });
    if (event.type === 'tool.refused' && event.reason !== undefined) {
      log.push({ side, reason: event.reason, ...REASONS[event.reason] });
    }
  };
}

/** The server that everybody wants to attack: an McpServer over Streamable HTTP on loopback, with one tool that counts how often it runs. */
export class Bank {
  /** What the tool was asked to do, in order. */
  readonly transfers: string[] = [];
  description = 'Transfers money. Asks nobody.';
  /** The tool's `_meta`, where its author has left a signature. */
  toolMeta: Record<string, unknown> | undefined;
  #server: McpServer | undefined;

  private constructor(private readonly http: HttpServer) {}

  /** @param security how the bank is secured; `undefined` for plain MCP */
  static async open(security: SecureOptions | undefined): Promise<Bank> {
    const sessions = new Map<string, StreamableHTTPServerTransport>();
    const http = createServer((request, response) => {
      const id = request.headers['mcp-session-id'];
      void (async () => {
        let transport = typeof id === 'string' ? sessions.get(id) : undefined;
        transport ??= await bank.#newSession(sessions, security);
        await transport.handleRequest(request, response);
      })().catch(() => response.destroy());
    });
    const bank = new Bank(http);
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(0, '127.0.0.1', resolve);
    });
    return bank;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${String((this.http.address() as AddressInfo).port)}/mcp`);
  }

  /** Changes what the tool says of itself, and tells the client that the list has changed. */
  redescribe(description: string): void {
    this.description = description;
    this.#server?.sendToolListChanged();
  }

  /** The tool as a client would find it listed. */
  async listedTool(): Promise<JsonObject> {
    const [near, far] = InMemoryTransport.createLinkedPair();
    const client = new Client({ name: 'author', version: '1.0.0' });
    await Promise.all([this.#createServer().connect(far), client.connect(near)]);
    const { tools } = await client.listTools();
    await client.close();
    return { ...tools[0] };
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  #createServer(): McpServer {
    const server = new McpServer({ name: 'bank', version: '1.0.0' });
    const tool = server.registerTool(
      'transfer',
      { inputSchema: { to: z.string(), amount: z.number() } },
      ({ to, amount }) => {
        this.transfers.push(`${String(amount)} to ${to}`);
        return { content: [{ type: 'text', text: `${String(amount)} sent to ${to}` }] };
      },
    );
    // Read at every listing: a server can change its mind at any time.
    Object.defineProperty(tool, 'description', { get: () => this.description });
    Object.defineProperty(tool, '_meta', { get: () => this.toolMeta });
    return server;
  }

  async #newSession(
    sessions: Map<string, StreamableHTTPServerTransport>,
    security: SecureOptions | undefined,
  ): Promise<StreamableHTTPServerTransport> {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (session) => void sessions.set(session, transport),
    });
    const server = this.#createServer();
    if (security !== undefined) secureMCP(server, security);
    this.#server = server;
    await server.connect(transport);
    return transport;
  }
}
