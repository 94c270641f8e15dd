import type { Transport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, MessageExtraInfo } from '@modelcontextprotocol/sdk/types.js';
import type { Wire } from './message.js';

/** A transport whose far end is the test: it sees what is sent and says what arrives. */
export class ScriptedTransport implements Transport {
  onmessage?: Transport['onmessage'];
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  readonly sent: { message: Wire; options: TransportSendOptions | undefined }[] = [];
  started = false;
  /** What `send` waits for. */
  sending: (message: Wire) => Promise<void> = () => Promise.resolve();

  start(): Promise<void> {
    this.started = true;
    return Promise.resolve();
  }

  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    this.sent.push({ message, options });
    return this.sending(message);
  }

  close(): Promise<void> {
    this.onclose?.();
    return Promise.resolve();
  }

  receive(message: Wire, extra?: MessageExtraInfo): void {
    this.onmessage?.(JSON.parse(JSON.stringify(message)) as JSONRPCMessage, extra);
  }
}
