import type { SecurityOptions } from '@mcps/protocol';
import { secureMCPClient } from '@mcps/sdk-adapter';
import type { SecureOptions } from '@mcps/sdk-adapter';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { Authority } from './authority.js';
import type { Identity } from './authority.js';
import { Bank, refusalLog } from './bank.js';
import type { Refusal } from './bank.js';
import { AttackedTransport } from './wire.js';

/** A client on its way to a bank, with the attacker between them. */
export interface Party {
  readonly client: Client;
  readonly attacker: AttackedTransport;
}

/** How a party or a bank differs from the usual. */
export type Extra = Partial<SecurityOptions> & Omit<SecureOptions, keyof SecurityOptions | 'config'>;

/** Where one attack happens: the same once with MCPS and once without. Everything in it ends with `close`. */
export class World {
  readonly refusals: Refusal[] = [];
  /** Moves the servers' clock, so that nobody has to wait. */
  serverSkewMs = 0;
  readonly #banks: Bank[] = [];
  readonly #clients: Client[] = [];

  private constructor(
    readonly authority: Authority,
    /** Whether MCPS is on. */
    readonly secured: boolean,
  ) {}

  static async create(secured: boolean): Promise<World> {
    return new World(await Authority.create('demo-authority'), secured);
  }

  /** Opens a bank with a valid passport. */
  async bank(extra: Extra = {}, identity?: Identity): Promise<Bank> {
    const holder = identity ?? (await this.authority.issue('bank'));
    const security: SecureOptions = {
      passport: holder.passport,
      privateKey: holder.privateKey,
      trustAnchors: [this.authority.anchor],
      clock: () => Date.now() + this.serverSkewMs,
      onAudit: refusalLog('server', this.refusals),
      ...extra,
    };
    const bank = await Bank.open(this.secured ? security : undefined);
    this.#banks.push(bank);
    return bank;
  }

  /** Connects a client. Without an identity it gets a valid passport. */
  async connect(bank: Bank, extra: Extra = {}, identity?: Identity): Promise<Party> {
    const party = this.party(bank);
    await this.join(party, extra, identity);
    return party;
  }

  /** A client that has not connected yet, so that the attacker can prepare. */
  party(bank: Bank): Party {
    const client = new Client({ name: 'agent', version: '1.0.0' });
    this.#clients.push(client);
    return { client, attacker: new AttackedTransport(new StreamableHTTPClientTransport(bank.url)) };
  }

  async join(party: Party, extra: Extra = {}, identity?: Identity): Promise<void> {
    if (this.secured) {
      const holder = identity ?? (await this.authority.issue('agent'));
      secureMCPClient(party.client, {
        passport: holder.passport,
        privateKey: holder.privateKey,
        trustAnchors: [this.authority.anchor],
        onAudit: refusalLog('client', this.refusals),
        ...extra,
      });
    }
    await party.client.connect(party.attacker);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#clients.map((client) => client.close()));
    await Promise.allSettled(this.#banks.map((bank) => bank.close()));
  }
}

/** Asks for a transfer; returns what the application got: the text, or the error. */
export async function transfer(client: Client, amount: number, to = 'alice'): Promise<string> {
  try {
    const result = (await client.callTool({ name: 'transfer', arguments: { to, amount } }, undefined, {
      timeout: 5_000,
    })) as CallToolResult;
    const [first] = result.content;
    return first?.type === 'text' ? first.text : '';
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : 'unknown'}`;
  }
}
