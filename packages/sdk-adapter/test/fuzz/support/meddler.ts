import { attachCarrier, classifyMessage, detachCarrier } from '@mcps/protocol';
import type { Carrier } from '@mcps/protocol';
import type { Wire } from '../../harness/message.js';
import { corrupt } from './corruptions.js';
import type { Direction, Ledger } from './ledger.js';
import { Random } from './random.js';
import { reordered } from './spellings.js';

/** How much is kept of each direction, to be repeated. */
const KEPT = 200;

/** One message in the place of another: as it was, in another form, and what somebody has put beside it. */
export interface Passed {
  /** The honest message: it still goes its way, perhaps in another spelling. */
  readonly honest: Wire;
  readonly beside: { readonly message: Wire; readonly first: boolean } | undefined;
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
    private readonly options: { readonly share?: number; readonly movesCarriers?: boolean } = {},
  ) {}

  /** From now on; a handshake before that passes as it is. */
  begin(): void {
    this.#meddles = true;
  }

  get injected(): number {
    return [...this.done].reduce((sum, [name, times]) => (name.startsWith('neutral') ? sum : sum + times), 0);
  }

  pass(direction: Direction, message: Wire): Passed {
    if (!this.#meddles) return { honest: message, beside: undefined };
    const random = Random.of(this.seed, `${direction} ${String(message.method)} ${JSON.stringify(message.id)}`);
    const { share = 0.1 } = this.options;
    const beside = random.chance(share) ? this.#corrupted(random, direction, message) : undefined;
    this.#keep(direction, message);
    return {
      honest: random.chance(share) ? this.#otherForm(random, message) : message,
      beside: beside === undefined ? undefined : { message: beside, first: random.chance(0.5) },
    };
  }

  /** What arrives in the place of a message, in its order. */
  inPlaceOf(direction: Direction, message: Wire): Wire[] {
    const { honest, beside } = this.pass(direction, message);
    if (beside === undefined) return [honest];
    return beside.first ? [beside.message, honest] : [honest, beside.message];
  }

  #corrupted(random: Random, direction: Direction, message: Wire): Wire {
    const earlier = this.#seen[direction];
    const opposite = this.#seen[direction === 'toServer' ? 'toClient' : 'toServer'];
    const corrupted = corrupt(random, { message, earlier, opposite });
    if (corrupted === undefined) return undefined;
    this.#count(corrupted.name);
    this.ledger.touches(message.id);
    this.ledger.touches(corrupted.message.id);
    return corrupted.message;
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

  #keep(direction: Direction, message: Wire): void {
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
