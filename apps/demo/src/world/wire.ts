import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/** A message as it is on the wire: anything may stand in it. */
export type WireMessage = Record<string, unknown>;

/** What becomes of one message on its way: the messages that arrive in its place. */
export type Rewrite = (message: WireMessage) => WireMessage[] | Promise<WireMessage[]>;

const pass: Rewrite = (message) => [message];

/**
 * The attacker: sits between a client and its network, where a hostile proxy would, sees every message as it is sent, and decides what arrives.
 * It holds no key.
 */
export class AttackedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  toServer: Rewrite = pass;
  toClient: Rewrite = pass;

  constructor(private readonly below: Transport) {}

  get sessionId(): string | undefined {
    return this.below.sessionId;
  }

  setProtocolVersion(version: string): void {
    this.below.setProtocolVersion?.(version);
  }

  async start(): Promise<void> {
    this.below.onclose = () => this.onclose?.();
    this.below.onerror = (error) => this.onerror?.(error);
    this.below.onmessage = (message) => void this.#deliver(message);
    await this.below.start();
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    for (const rewritten of await this.toServer(copyOf(message))) await this.inject(rewritten, options);
  }

  /** Puts a message on the wire to the server. What an attacker sends need not be a message at all: hence the casts to the SDK's type. */
  async inject(message: WireMessage, options?: TransportSendOptions): Promise<void> {
    await this.below.send(message as unknown as JSONRPCMessage, options);
  }

  close(): Promise<void> {
    return this.below.close();
  }

  async #deliver(message: WireMessage): Promise<void> {
    for (const rewritten of await this.toClient(copyOf(message)))
      this.onmessage?.(rewritten as unknown as JSONRPCMessage);
  }
}

/** Rewrites the first message that matches; all others pass. */
export function once(matches: (message: WireMessage) => boolean, rewrite: Rewrite): Rewrite {
  let done = false;
  return (message) => {
    if (done || !matches(message)) return [message];
    done = true;
    return rewrite(message);
  };
}

export const isCall = (message: WireMessage): boolean => message['method'] === 'tools/call';

/** Whether a message answers a tool call. */
export const isCallResult = (message: WireMessage): boolean => contentOf(message) !== undefined;

/** The text of a tool's answer. */
function contentOf(message: WireMessage): { type: string; text: string }[] | undefined {
  const result = message['result'] as { content?: { type: string; text: string }[] } | undefined;
  return result?.content;
}

function copyOf(message: WireMessage): WireMessage {
  return JSON.parse(JSON.stringify(message)) as WireMessage;
}
