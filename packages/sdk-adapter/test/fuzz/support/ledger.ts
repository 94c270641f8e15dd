import type { Wire } from '../../harness/message.js';
import { fingerprint } from './fingerprint.js';

export type Direction = 'toServer' | 'toClient';

/** What an application got: a message that was sent to it, that again, a refusal that the connection tells of, or what nobody ever sent. */
export type Arrival = 'sent' | 'repeated' | 'refusal' | 'forged';

/** What is wrong with a run. All empty: every honest message was delivered once, as it was sent, and nothing else was. */
export interface Verdict {
  /** Sent, and never delivered. */
  readonly lost: readonly string[];
  /** Sent once, and delivered more than once. */
  readonly repeated: readonly string[];
  /** Delivered, and never sent so. */
  readonly forged: readonly string[];
  /** Refused, though nobody had touched anything under that id. */
  readonly refused: readonly string[];
  /** What the sender's own end did not take. */
  readonly unsent: readonly string[];
}

/** Errors that a connection tells of have codes of their own, which the conversations leave out; the last is that of an answer that cannot be signed or was lost. */
const isRefusal = ({ error }: Wire): boolean =>
  typeof error?.code === 'number' &&
  ((error.code <= -33_001 && error.code >= -33_015) || (error.code === -32_603 && error.data?.outcome === 'unknown'));

/** Keeps account of what was sent and of what was delivered. It compares whole messages, and believes no other description of them. */
export class Ledger {
  readonly #sent = new Map<string, { readonly id: unknown; readonly answers: boolean; deliveries: number }>();
  readonly #touched = new Set<string>();
  readonly #refusals: { readonly direction: Direction; readonly id: unknown; readonly text: string }[] = [];
  readonly #repeated: string[] = [];
  readonly #forged: string[] = [];
  readonly #unsent: { readonly message: Wire; readonly text: string }[] = [];
  #open = 0;
  /** Counts up with everything that happens. */
  activity = 0;

  /** How many messages were to be sent so far. */
  get messages(): number {
    return this.#sent.size;
  }

  /** How many of them have been delivered. */
  get delivered(): number {
    return this.#sent.size - this.#open;
  }

  get refusals(): number {
    return this.#refusals.length;
  }

  /** Before it is sent: it may be there before `send` has settled. */
  sends(direction: Direction, message: Wire): void {
    const key = keyOf(direction, message);
    if (this.#sent.has(key)) throw new Error(`The same message twice: ${key}`);
    const answers = message.method === undefined;
    this.#sent.set(key, { id: message.id, answers, deliveries: 0 });
    this.#open += 1;
    this.activity += 1;
  }

  failsToSend(message: Wire, error: unknown): void {
    this.activity += 1;
    this.#unsent.push({ message, text: `${String(error)}: ${short(message)}` });
  }

  /** Somebody on the way has written into a message, or a copy of it, with that id: whoever uses it may be told of a refusal. */
  touches(id: unknown): void {
    this.#touched.add(JSON.stringify(id) ?? 'none');
  }

  arrives(direction: Direction, message: Wire): Arrival {
    this.activity += 1;
    const key = keyOf(direction, message);
    const known = this.#sent.get(key);
    if (known === undefined) {
      if (isRefusal(message)) {
        this.#refusals.push({ direction, id: message.id, text: short(message) });
        return 'refusal';
      }
      this.#forged.push(key);
      return 'forged';
    }
    known.deliveries += 1;
    if (known.deliveries === 1) {
      this.#open -= 1;
      return 'sent';
    }
    this.#repeated.push(key);
    return 'repeated';
  }

  /** Whether everything that was sent has been delivered, or may be missing. */
  get settled(): boolean {
    return this.#open === 0 || this.#lost().length === 0;
  }

  verdict(): Verdict {
    return {
      lost: this.#lost(),
      repeated: this.#repeated,
      forged: this.#forged,
      refused: this.#refusals.filter(({ id }) => !this.#isTouched(id)).map(({ text }) => text),
      // An answer that comes after what somebody made of it is refused, and over HTTP its sender hears of it.
      unsent: this.#unsent
        .filter(({ message }) => message.method !== undefined || !this.#isTouched(message.id))
        .map(({ text }) => text),
    };
  }

  /** Of a request under whose id somebody meddled, the answer may be a refusal, and then the true one comes too late. Nothing else may be missing. */
  #lost(): string[] {
    return [...this.#sent]
      .filter(([, { id, answers, deliveries }]) => deliveries === 0 && !(answers && this.#isTouched(id)))
      .map(([key]) => key);
  }

  #isTouched(id: unknown): boolean {
    return this.#touched.has(JSON.stringify(id) ?? 'none');
  }
}

function keyOf(direction: Direction, message: Wire): string {
  try {
    return `${direction} ${fingerprint(message)}`;
  } catch (error) {
    return `${direction} ${String(error)} ${short(message)}`;
  }
}

const short = (message: Wire): string => JSON.stringify(message).slice(0, 2_000);
