import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Wire } from './message.js';

/** What becomes of one message on its way: the messages that arrive in its place. */
export type Rewrite = (message: Wire) => Wire[] | Promise<Wire[]>;

/** Somebody on the way between a client and a server, who sees and rewrites everything. Idle, everything passes. */
export class Attacker {
  /** Everything that was sent, as it was sent. */
  readonly fromClient: Wire[] = [];
  readonly fromServer: Wire[] = [];
  toServer: Rewrite = (message) => [message];
  toClient: Rewrite = (message) => [message];
  /** Whether what was sent is kept. Default true. */
  keeps = true;

  rewrite(direction: 'toServer' | 'toClient', message: Wire): Wire[] | Promise<Wire[]> {
    if (this.keeps) (direction === 'toServer' ? this.fromClient : this.fromServer).push(structuredClone(message));
    return this[direction](message);
  }

  /** Rewrites the first message of a direction that `matches`, and lets all others pass. */
  once(direction: 'toServer' | 'toClient', matches: (message: Wire) => boolean, rewrite: Rewrite): void {
    let done = false;
    this[direction] = (message) => {
      if (done || !matches(message)) return [message];
      done = true;
      return rewrite(message);
    };
  }
}

/** A client and a server transport joined in memory, with an attacker between them who works on serialised copies, as on a wire. */
export interface AttackedPair {
  readonly client: Transport;
  readonly server: Transport;
  readonly attacker: Attacker;
  /** Puts a message on the wire to one side. */
  inject(direction: 'toServer' | 'toClient', message: Wire): Promise<void>;
}

export async function attackedPair(attacker = new Attacker()): Promise<AttackedPair> {
  const [client, left] = InMemoryTransport.createLinkedPair();
  const [right, server] = InMemoryTransport.createLinkedPair();
  const inject = async (direction: 'toServer' | 'toClient', message: Wire): Promise<void> => {
    await (direction === 'toServer' ? right : left).send(JSON.parse(JSON.stringify(message)));
  };
  const relay = (direction: 'toServer' | 'toClient') => {
    let queue = Promise.resolve();
    return (message: Wire): void => {
      const copy = JSON.parse(JSON.stringify(message));
      queue = queue.then(async () => {
        for (const each of await attacker.rewrite(direction, copy)) await inject(direction, each);
      });
      queue.catch(() => undefined);
    };
  };
  left.onmessage = relay('toServer');
  right.onmessage = relay('toClient');
  let closed = false;
  const close = (): void => {
    // The in-memory transport announces its end each time it is closed.
    if (closed) return;
    closed = true;
    void left.close();
    void right.close();
  };
  left.onclose = close;
  right.onclose = close;
  await left.start();
  await right.start();
  return { client, server, attacker, inject };
}
