import { McpsError } from '@mcps/protocol';
import type { PeerIdentity, TrustLevel } from '@mcps/protocol';
import { secureMCPClient, securedTransportOf } from '@mcps/sdk-adapter';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Bank } from '../world/bank.js';
import type { Enrolled } from './authority-api.js';

const CALL_LIMIT_MS = 10_000;

/** Why something was refused, as the agent is told. */
export interface Refused {
  readonly code: string;
  readonly reason: string;
}

/** How a call ended: in an answer, or in a refusal. */
export type Outcome = { readonly answer: string } | { readonly refused: Refused };

/** The official client of an agent, secured with the authority. Its calls are numbered, so that the bank can tell which of them it has carried out. */
export class Agent {
  #calls = 0;

  private constructor(
    readonly name: string,
    private readonly client: Client,
    private readonly bank: Bank,
  ) {}

  /** Rejects where the bank refuses the agent: see {@link refusalOf}. */
  static async connect({ name, passport, privateKey }: Enrolled, bank: Bank, trustAuthority: string): Promise<Agent> {
    const client = new Client({ name, version: '1.0.0' });
    const minTrustLevel: TrustLevel = 2;
    secureMCPClient(client, { passport, privateKey, trustAuthority, minTrustLevel, onTrustNotice: () => undefined });
    try {
      await client.connect(new StreamableHTTPClientTransport(bank.url), { timeout: CALL_LIMIT_MS });
    } catch (error) {
      await client.close();
      throw error;
    }
    return new Agent(name, client, bank);
  }

  /** Whom it has found at the other end. */
  get peer(): PeerIdentity | undefined {
    return securedTransportOf(this.client)?.peer;
  }

  /** How many calls it has made. */
  get calls(): number {
    return this.#calls;
  }

  /** Calls the tool. Rejects where the call ends in anything but an answer or a refusal. */
  async call(): Promise<Outcome> {
    this.#calls += 1;
    const call = { name: 'transfer', arguments: { to: this.name, amount: this.#calls } };
    try {
      const { content } = (await this.client.callTool(call, undefined, { timeout: CALL_LIMIT_MS })) as CallToolResult;
      const [first] = content;
      if (first?.type !== 'text') throw new Error('The bank did not answer with text');
      return { answer: first.text };
    } catch (error) {
      const refused = refusalOf(error);
      if (refused === undefined) throw error;
      return { refused };
    }
  }

  /** How many of its calls the bank has carried out, of those after the first `calls`. */
  carriedOutAfter(calls: number): number {
    return this.bank.transfers.filter((transfer) => {
      const [amount, to] = transfer.split(' to ');
      return to === this.name && Number(amount) > calls;
    }).length;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/** The refusal that an error stands for; `undefined` where it stands for something else. */
export function refusalOf(error: unknown): Refused | undefined {
  if (error instanceof McpsError) return { code: error.code, reason: error.reason };
  if (!(error instanceof McpError)) return undefined;
  const { code, reason } = (error.data ?? {}) as Partial<Refused>;
  return code === undefined || reason === undefined ? undefined : { code, reason };
}
