import { attachCarrier, classifyMessage, detachCarrier } from '@mcps/protocol';
import type { Carrier } from '@mcps/protocol';
import type { Wire } from '../../harness/message.js';
import { flipBits, readLeniently } from './bits.js';
import { corrupt, couldBeGood } from './corruptions.js';
import { fingerprint } from './fingerprint.js';
import type { Direction, Ledger } from './ledger.js';
import { Random } from './random.js';
import { reordered, respelled } from './spellings.js';

/** How much is kept of each direction, to be repeated. */
const KEPT = 200;

/** A corrupted copy. */
export interface Beside {
  /** `undefined` where the bytes are no JSON. */
  readonly message: Wire;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether it goes before the honest message. */
  readonly first: boolean;
}

/** One message in the place of another: as it was, in another form, and what somebody has put beside it. */
export interface Passed {
  /** The honest message: it still goes its way, perhaps in another spelling. */
  readonly honest: Wire;
  readonly beside: Beside | undefined;
  /** Writes the honest message down, where it is not as it was. */
  readonly spell: (honest: Wire) => string;
}

/** What somebody on the way may do. */
export interface Meddling {
  /** Of the messages, how many get a corrupted copy beside them, and how many another form. Default 0.1; 0 is nobody on the way. */
  readonly share?: number | undefined;
  /** Whether envelopes go from one place to the other, where the receiver reads both. Default false. */
  readonly movesCarriers?: boolean | undefined;
  /** Whether copies keep their ids, where the SDK routes answers by the id of what nobody has verified. Default false. */
  readonly keepsIds?: boolean | undefined;
  /** Whether bits are flipped in the bytes of a copy, which may be neither JSON nor UTF-8 then. Default false. */
  readonly flipsBits?: boolean | undefined;
  /** Whether what could be good goes behind the honest message, where either may overtake the other. Default false. */
  readonly putsGoodLast?: boolean | undefined;
}

/**
 * Somebody on the way: now and then, a corrupted copy goes beside a message, and the message itself takes another form that means the same. The honest
 * message is never kept back, as nothing that follows could be told from an attack on the order of messages then.
 */
export class Meddler {
  /** How often each corruption was done. */
  readonly done = new Map<string, number>();
  #meddles = false;
  readonly #seen: Record<Direction, Wire[]> = { toServer: [], toClient: [] };

  constructor(
    private readonly seed: number,
    private readonly ledger: Ledger,
    private readonly options: Meddling,
  ) {}

  /** From now on; a handshake before that passes as it is. */
  begin(): void {
    this.#meddles = true;
  }

  end(): void {
    this.#meddles = false;
  }

  get injected(): number {
    return [...this.done].reduce((sum, [name, times]) => (name.startsWith('neutral') ? sum : sum + times), 0);
  }

  pass(direction: Direction, message: Wire): Passed {
    if (!this.#meddles) return { honest: message, beside: undefined, spell: JSON.stringify };
    const random = Random.of(this.seed, `${direction} ${String(message.method)} ${JSON.stringify(message.id)}`);
    const { share = 0.1, putsGoodLast = false } = this.options;
    const beside = random.chance(share) ? this.#corrupted(random, direction, message) : undefined;
    const isLast = beside?.message !== undefined && putsGoodLast && couldBeGood(message, beside.message);
    return {
      honest: random.chance(share) ? this.#otherForm(random, message) : message,
      beside: beside && { ...beside, first: !isLast && random.chance(0.5) },
      spell: (honest) => respelled(random, honest, true),
    };
  }

  /** What arrives in the place of a message, in its order. */
  inPlaceOf(direction: Direction, message: Wire): Wire[] {
    const { honest, beside } = this.pass(direction, message);
    this.keep(direction, message);
    if (beside === undefined) return [honest];
    return beside.first ? [beside.message, honest] : [honest, beside.message];
  }

  #corrupted(random: Random, direction: Direction, message: Wire): Omit<Beside, 'first'> | undefined {
    if (this.options.flipsBits === true && random.chance(0.15)) return this.#flipped(random, message);
    const earlier = this.#seen[direction];
    const opposite = this.#seen[direction === 'toServer' ? 'toClient' : 'toServer'];
    const corrupted = corrupt(random, { message, earlier, opposite });
    if (corrupted === undefined) return undefined;
    const { id } = corrupted.message;
    const isEarlier = earlier.some((other) => other.id === id);
    if (this.options.keepsIds === true && id !== message.id && !isEarlier) return undefined;
    this.#count(corrupted.name);
    this.ledger.touches(message.id);
    this.ledger.touches(corrupted.message.id);
    return { message: corrupted.message, bytes: Buffer.from(JSON.stringify(corrupted.message)) };
  }

  #flipped(random: Random, message: Wire): Omit<Beside, 'first'> | undefined {
    const bytes = flipBits(random, Buffer.from(JSON.stringify(message)));
    const read = readLeniently(bytes);
    if (read !== undefined && fingerprint(read) === fingerprint(message)) return undefined;
    const id: unknown = read?.id;
    if (this.options.keepsIds === true && read !== undefined && id !== message.id) return undefined;
    this.#count(read === undefined ? 'bits flipped, no JSON' : 'bits flipped');
    this.ledger.touches(message.id);
    this.ledger.touches(id);
    return { message: read, bytes };
  }

  #otherForm(random: Random, message: Wire): Wire {
    if (this.options.movesCarriers === true && random.chance(0.5)) {
      this.#count('neutral: the other carrier');
      return inOtherCarrier(message);
    }
    this.#count('neutral: another order of members');
    return reordered(random, message);
  }

  #count(name: string): void {
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }

  /** Keeps a message that has arrived, to be repeated. */
  keep(direction: Direction, message: Wire): void {
    if (!this.#meddles) return;
    const seen = this.#seen[direction];
    seen.push(structuredClone(message));
    if (seen.length > KEPT) seen.shift();
  }
}

/** The same signed message, with its envelope in the other place. */
function inOtherCarrier(message: Wire): Wire {
  const { kind } = classifyMessage(message);
  const detached = detachCarrier(structuredClone(message), kind);
  if (detached.carrier === 'none') return message;
  const other: Carrier = detached.carrier === 'meta' ? 'top-level' : 'meta';
  return attachCarrier(detached.message, detached.wireEnvelope, other);
}
