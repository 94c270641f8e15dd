import { generateKeyPair } from '@mcps/crypto';
import type { PrivateKey, PublicKey } from '@mcps/crypto';
import { createConnection, issuePassport, resolveSecurity } from '../../src/index.js';
import type {
  AuditEvent,
  Connection,
  ConnectionOptions,
  Delivery,
  Incoming,
  JsonObject,
  McpsError,
  Outgoing,
  Passport,
  PeerIdentity,
  PeerRole,
  SecurityConfig,
  SecurityOptions,
  TrustAnchorOptions,
} from '../../src/index.js';

/** The instant that every test begins at. */
export const START = Date.parse('2026-03-01T12:00:00.000Z');

/** A clock that only the test moves. */
export class TestClock {
  now = START;
  readonly read = (): number => this.now;

  advance(ms: number): void {
    this.now += ms;
  }
}

export interface Identity {
  readonly passport: Passport;
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
}

/** A throwaway authority that issues passports for one test. */
export class TestAuthority {
  private constructor(
    readonly issuer: string,
    private readonly keys: { readonly publicKey: PublicKey; readonly privateKey: PrivateKey },
    readonly clock: TestClock,
  ) {}

  static async create(clock: TestClock, issuer = 'authority.example'): Promise<TestAuthority> {
    return new TestAuthority(issuer, await generateKeyPair({ extractable: true }), clock);
  }

  get anchor(): TrustAnchorOptions {
    return { issuer: this.issuer, keys: [this.keys.publicKey] };
  }

  get privateKey(): PrivateKey {
    return this.keys.privateKey;
  }

  async issue(name: string, trustLevel: 0 | 1 | 2 | 3 | 4 = 2): Promise<Identity> {
    const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
    const passport = await issuePassport({
      authority: { issuer: this.issuer, key: this.keys.privateKey },
      subject: { name, version: '1.0.0', publicKey, trustLevel },
      clock: this.clock.read,
      ttlSeconds: 3600,
    });
    return { passport, privateKey, publicKey };
  }
}

export interface Side {
  readonly connection: Connection;
  /** What reached the application, with who sent it. */
  readonly delivered: { readonly message: JsonObject; readonly identity: PeerIdentity | undefined }[];
  readonly reports: McpsError[];
  readonly failures: Error[];
  readonly audit: AuditEvent[];
  closed: boolean;
}

/** Decides what becomes of a message on its way; returns what arrives instead, in order. */
export type Wire = (message: JsonObject, from: PeerRole) => readonly JsonObject[];

const honestWire: Wire = (message) => [message];

export interface PairOptions {
  readonly client?: Partial<SecurityOptions>;
  readonly server?: Partial<SecurityOptions>;
  readonly connection?: Partial<ConnectionOptions>;
  readonly delivery?: Delivery;
  readonly authority?: TestAuthority;
  readonly clientIdentity?: Identity;
  readonly serverIdentity?: Identity;
}

/** A client and a server joined by a wire that the test controls. Pumps as a transport would: each message is done with before the next. */
export class Pair {
  wire: Wire = honestWire;
  /** Everything that went over the wire, as sent. */
  readonly traffic: { readonly from: PeerRole; readonly message: JsonObject }[] = [];

  private constructor(
    readonly clock: TestClock,
    readonly authority: TestAuthority,
    readonly client: Side,
    readonly server: Side,
    readonly serverConfig: SecurityConfig,
    readonly clientConfig: SecurityConfig,
  ) {}

  static async create(options: PairOptions = {}): Promise<Pair> {
    const clock = options.authority?.clock ?? new TestClock();
    const authority = options.authority ?? (await TestAuthority.create(clock));
    const clientIdentity = options.clientIdentity ?? (await authority.issue('agent'));
    const serverIdentity = options.serverIdentity ?? (await authority.issue('server'));
    const side = async (
      role: PeerRole,
      identity: Identity,
      extra: Partial<SecurityOptions> = {},
    ): Promise<[Side, SecurityConfig]> => {
      const audit: AuditEvent[] = [];
      const config = await resolveSecurity(role, {
        passport: identity.passport,
        privateKey: identity.privateKey,
        trustAnchors: [authority.anchor],
        clock: clock.read,
        onAudit: (event) => audit.push(event),
        ...extra,
      });
      // The client has been up for a while before it says anything, so that no store refuses what was signed in the millisecond of its start.
      const connection = await createConnection(config, {
        delivery: options.delivery ?? 'ordered',
        ...options.connection,
      });
      return [{ connection, delivered: [], reports: [], failures: [], audit, closed: false }, config];
    };
    const [client, clientConfig] = await side('client', clientIdentity, options.client);
    const [server, serverConfig] = await side('server', serverIdentity, options.server);
    clock.advance(10);
    return new Pair(clock, authority, client, server, serverConfig, clientConfig);
  }

  side(role: PeerRole): Side {
    return role === 'client' ? this.client : this.server;
  }

  /** The application of one side sends a message, and everything that follows from it happens. */
  async send(from: PeerRole, message: JsonObject): Promise<void> {
    await this.transmit(from, await this.side(from).connection.protect(message));
  }

  /** Signs a message without putting it on the wire. */
  async sign(from: PeerRole, message: JsonObject): Promise<JsonObject> {
    const outgoing = await this.side(from).connection.protect(message);
    const sent = outgoing.find((item) => item.type === 'send');
    if (sent === undefined) throw new Error(`Nothing was signed: ${JSON.stringify(outgoing)}`);
    return sent.message;
  }

  /** A message arrives at one side, whoever sent it. */
  async arrive(at: PeerRole, message: unknown): Promise<void> {
    const side = this.side(at);
    await this.act(at, await side.connection.open(message));
  }

  private async transmit(from: PeerRole, outgoing: readonly Outgoing[]): Promise<void> {
    const to = from === 'client' ? 'server' : 'client';
    for (const item of outgoing) {
      if (item.type === 'fail') this.side(from).failures.push(item.error);
      if (item.type !== 'send') continue;
      this.traffic.push({ from, message: item.message });
      for (const message of this.wire(structuredClone(item.message), from)) await this.arrive(to, message);
    }
  }

  private async act(at: PeerRole, incoming: readonly Incoming[]): Promise<void> {
    const side = this.side(at);
    for (const item of incoming) {
      if (item.type === 'deliver') side.delivered.push({ message: item.message, identity: item.identity });
      if (item.type === 'report') side.reports.push(item.error as McpsError);
      if (item.type === 'answer') await this.transmit(at, await side.connection.protect(item.answer));
      if (item.type === 'flush') await this.transmit(at, await side.connection.flush());
      if (item.type === 'close') {
        side.closed = true;
        side.connection.close();
      }
    }
  }

  /** The handshake as the official SDK performs it. */
  async initialize(): Promise<void> {
    await this.send('client', INITIALIZE);
    const request = this.server.delivered.at(-1);
    if (request?.message['method'] !== 'initialize') return;
    await this.send('server', INITIALIZE_RESULT);
    if (this.client.connection.state === 'handshake' || this.client.closed) return;
    await this.send('client', { jsonrpc: '2.0', method: 'notifications/initialized' });
  }
}

export const INITIALIZE: JsonObject = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'agent', version: '1.0.0' } },
};

export const INITIALIZE_RESULT: JsonObject = {
  jsonrpc: '2.0',
  id: 0,
  result: {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'server', version: '1.0.0' },
  },
};

export function call(id: number | string, name = 'echo', args: JsonObject = {}): JsonObject {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } };
}

export function resultOf(id: number | string, text = 'done'): JsonObject {
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } };
}

export const reasons = (side: Side): string[] => side.reports.map((error) => error.reason);
export const methods = (side: Side): unknown[] => side.delivered.map(({ message }) => message['method'] ?? 'answer');
export const lastDelivered = (side: Side): JsonObject | undefined => side.delivered.at(-1)?.message;
