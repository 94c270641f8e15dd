import type { PeerIdentity } from '@mcps/protocol';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

/** What an honest connection to a server has shown. */
export interface HonestReport {
  readonly server: string;
  readonly transport: string;
  /** Who the client found at the other end. */
  readonly peer: Pick<PeerIdentity, 'agent' | 'level' | 'issuer' | 'passportId'>;
  /** Tools listed, each with a verified signature. */
  readonly tools: number;
  readonly calls: readonly { readonly call: string; readonly answer: string }[];
}

/** A call of an honest run, and a short form of it for people. */
export interface HonestCall {
  readonly label: string;
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** Lists and calls tools over a connection that has been made; fails where a call fails. */
export async function exercise(
  client: Client,
  calls: readonly HonestCall[],
): Promise<Pick<HonestReport, 'tools' | 'calls'>> {
  const { tools } = await client.listTools();
  const answers: { call: string; answer: string }[] = [];
  for (const { label, name, args } of calls) {
    const result = (await client.callTool({ name, arguments: args })) as CallToolResult;
    const [first] = result.content;
    if (result.isError === true || first?.type !== 'text') throw new Error(`${name} did not answer with text`);
    answers.push({ call: label, answer: first.text });
  }
  return { tools: tools.length, calls: answers };
}
