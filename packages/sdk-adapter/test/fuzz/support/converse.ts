import type { Wire } from '../../harness/message.js';
import type { Call, Conversation, Notice } from './conversations.js';
import type { End } from './ends.js';
import type { Direction, Ledger } from './ledger.js';

const SILENCE_MS = 30_000;

const idOf = (message: Wire): string => JSON.stringify(message.id);

/** One side: what it has been asked, what it waits for, and where it sends. */
interface Side {
  readonly end: End;
  /** Where its messages go. */
  readonly direction: Direction;
  /** What the other side is going to ask, by id. */
  readonly asked: Map<string, Call>;
  /** Who waits for an answer, by id. */
  readonly awaited: Map<string, () => void>;
}

/** How fast. */
export interface Pace {
  /** How many conversations at a time. Default 64. */
  readonly inFlight?: number;
  /** How long nothing may happen before what is outstanding counts as lost. Long by default: it is waited for only where a run fails. */
  readonly silenceMs?: number;
}

/** Holds conversations between two ends, many at a time, and writes down in `ledger` what was sent and what came out. */
export async function converse(
  conversations: readonly Conversation[],
  ends: { readonly client: End; readonly server: End },
  ledger: Ledger,
  { inFlight = 64, silenceMs = SILENCE_MS }: Pace = {},
): Promise<void> {
  const client: Side = { end: ends.client, direction: 'toServer', asked: new Map(), awaited: new Map() };
  const server: Side = { end: ends.server, direction: 'toClient', asked: new Map(), awaited: new Map() };
  const [clientOf, serverOf] = [new Speaker(client, server, ledger), new Speaker(server, client, ledger)];
  ends.client.receive = (message) => clientOf.receive(message);
  ends.server.receive = (message) => serverOf.receive(message);

  const queue = conversations.values();
  const hold = async (): Promise<void> => {
    for (const { from, content } of queue) await (from === 'client' ? clientOf : serverOf).begin(content);
  };
  await quiet(ledger, silenceMs, Promise.all(Array.from({ length: inFlight }, hold)));
}

class Speaker {
  constructor(
    private readonly self: Side,
    private readonly other: Side,
    private readonly ledger: Ledger,
  ) {}

  async begin(content: Call | Notice, relatedTo?: string | number): Promise<void> {
    if (content.type === 'notice') {
      await this.#send(content.message, relatedTo);
      return;
    }
    const { request } = content;
    const answered = new Promise<void>((resolve) => this.self.awaited.set(idOf(request), resolve));
    this.other.asked.set(idOf(request), content);
    await this.#send(request, relatedTo);
    await answered;
  }

  receive(message: Wire): void {
    const direction = this.self.direction === 'toServer' ? 'toClient' : 'toServer';
    const arrival = this.ledger.arrives(direction, message);
    if (message.method === undefined) {
      if (arrival !== 'forged') this.self.awaited.get(idOf(message))?.();
      return;
    }
    const call = arrival === 'sent' && message.id !== undefined ? this.self.asked.get(idOf(message)) : undefined;
    if (call !== undefined) void this.#answer(call);
  }

  async #answer({ request, meanwhile, answer }: Call): Promise<void> {
    for (const content of meanwhile) await this.begin(content, request.id);
    await this.#send(answer, request.id);
  }

  async #send(message: Wire, relatedTo: string | number | undefined): Promise<void> {
    this.ledger.sends(this.self.direction, message);
    try {
      await this.self.end.send(structuredClone(message), relatedTo);
    } catch (error) {
      this.ledger.failsToSend(message, error);
      if (message.method !== undefined) this.self.awaited.get(idOf(message))?.();
    }
  }
}

/** Waits for everything to be said and delivered, or for nothing to happen any more. */
async function quiet(ledger: Ledger, silenceMs: number, said: Promise<unknown>): Promise<void> {
  let done = false;
  void said.then(() => (done = true));
  let [seen, since] = [ledger.activity, Date.now()];
  while (!(done && ledger.settled)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (ledger.activity !== seen) [seen, since] = [ledger.activity, Date.now()];
    if (Date.now() - since > silenceMs) return;
  }
}
