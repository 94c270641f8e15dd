import type { Wire } from '../../harness/message.js';
import { fingerprint } from './fingerprint.js';
import type { Random } from './random.js';
import { someString, someValue } from './values.js';

/** A message as it stands on the wire, and others of its direction that came before. */
export interface OnTheWire {
  readonly message: Wire;
  readonly earlier: readonly Wire[];
  /** Of the other direction. */
  readonly opposite: readonly Wire[];
}

type Corruption = (random: Random, on: OnTheWire) => Wire;

/** What somebody on the way makes of a copy of a message. Each returns a message of its own, or `undefined` where there is nothing to do it to. */
const CORRUPTIONS: Readonly<Record<string, Corruption>> = {
  'a value changed': (random, { message }) =>
    atSome(random, message, isScalar, (holder, name) => {
      holder[name] = otherScalar(random, holder[name]);
    }),
  'a value of another type': (random, { message }) =>
    atSome(
      random,
      message,
      () => true,
      (holder, name) => {
        holder[name] = someValue(random, 1);
      },
    ),
  'a member left out': (random, { message }) =>
    atSome(
      random,
      message,
      () => true,
      (holder, name) => {
        if (Array.isArray(holder)) holder.splice(Number(name), 1);
        else delete holder[name];
      },
    ),
  'a member put in': (random, { message }) =>
    atSome(random, message, isObject, (holder, name) => {
      holder[name][someString(random)] = someValue(random, 1);
    }),
  'a member put in at the top': (random, { message }) => {
    const copy = structuredClone(message);
    copy[random.pick(['params', 'result', 'id', 'extra', 'method', 'mcps'])] = random.pick<Wire>([
      {},
      null,
      7,
      'x',
      { _meta: {} },
    ]);
    return copy;
  },
  'a member renamed': (random, { message }) =>
    atSome(
      random,
      message,
      () => true,
      (holder, name) => {
        if (Array.isArray(holder)) holder.reverse();
        else {
          holder[`${name}${random.pick(['', '\u0301', '_', ' '])}${random.chance(0.5) ? name : 'x'}`] = holder[name];
          delete holder[name];
        }
      },
    ),
  'the envelope of another': (random, { message, earlier }) => {
    const copy = structuredClone(message);
    const [mine, theirs] = [envelopeOf(copy), envelopeOf(someOf(random, earlier))];
    if (mine === undefined || theirs === undefined) return undefined;
    for (const name of Object.keys(mine)) if (name !== 'created') delete mine[name];
    Object.assign(mine, theirs, mine['created'] === undefined ? {} : { created: mine['created'] });
    return copy;
  },
  'one member of the envelope': (random, { message }) => {
    const copy = structuredClone(message);
    const envelope = envelopeOf(copy);
    if (envelope === undefined) return undefined;
    const name = random.pick(['nonce', 'timestamp', 'signature', 'passport_id', 'version']);
    envelope[name] = otherScalar(random, envelope[name]);
    return copy;
  },
  'the envelope taken off': (_random, { message }) => {
    const copy = structuredClone(message);
    if (copy.mcps !== undefined) delete copy.mcps;
    else if (slotOf(copy)?.[ENVELOPE] !== undefined) delete slotOf(copy)[ENVELOPE];
    else return undefined;
    return copy;
  },
  'an earlier message again': (random, { earlier }) => structuredClone(someOf(random, earlier)),
  'the same message twice': (_random, { message }) => structuredClone(message),
  'a message thrown back': (random, { opposite }) => structuredClone(someOf(random, opposite)),
  'the id of another': (random, { message, earlier }) => {
    const other = someOf(random, earlier);
    return other?.id === undefined || message.id === undefined
      ? undefined
      : { ...structuredClone(message), id: other.id };
  },
};

const NAMES = Object.keys(CORRUPTIONS) as [string, ...string[]];

/** Changes that leave the message what it is: the message is on the wire twice. */
const REPETITIONS: readonly string[] = ['an earlier message again', 'the same message twice', 'a message thrown back'];

/** One random corruption of a copy of the message; what it is, and what has become of it. `undefined` where the one drawn changes nothing. */
export function corrupt(random: Random, on: OnTheWire): { readonly name: string; readonly message: Wire } | undefined {
  const name = random.pick(NAMES);
  const message = CORRUPTIONS[name]?.(random, on);
  if (message === undefined) return undefined;
  if (!REPETITIONS.includes(name) && fingerprint(message) === fingerprint(on.message)) return undefined;
  return { name, message };
}

/** Whether a copy may be as good as the message, because only what surrounds the signed message is changed, or because it was good before. */
export function couldBeGood(message: Wire, copy: Wire): boolean {
  const signature = envelopeOf(copy)?.['signature'];
  return signature !== envelopeOf(message)?.['signature'] || fingerprint(bare(copy)) === fingerprint(bare(message));
}

function bare(message: Wire): Wire {
  const copy = structuredClone(message);
  delete copy.mcps;
  const slot = slotOf(copy);
  if (isObject(slot)) delete slot[ENVELOPE];
  return copy;
}

const ENVELOPE = 'dev.mcps/envelope';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): boolean => typeof value !== 'object';

function slotOf(message: Wire): Wire {
  if (message.method !== undefined) return message.params?._meta;
  return message.result === undefined ? message.error?.data : message.result._meta;
}

function envelopeOf(message: Wire): Record<string, unknown> | undefined {
  const envelope: unknown = message?.mcps ?? (message === undefined ? undefined : slotOf(message)?.[ENVELOPE]);
  return isObject(envelope) ? envelope : undefined;
}

function someOf(random: Random, messages: readonly Wire[]): Wire {
  return messages[random.below(messages.length)];
}

/** Does something to a copy, at one of the places whose value fits. */
function atSome(
  random: Random,
  message: Wire,
  fits: (value: unknown) => boolean,
  change: (holder: Wire, name: string) => void,
): Wire {
  const copy = structuredClone(message);
  const places: { holder: Wire; name: string }[] = [];
  const walk = (holder: Wire): void => {
    for (const name of Object.keys(holder)) {
      const value: unknown = holder[name];
      if (fits(value)) places.push({ holder, name });
      if (typeof value === 'object' && value !== null) walk(value);
    }
  };
  walk(copy);
  const place = places[random.below(places.length)];
  if (place === undefined) return undefined;
  change(place.holder, place.name);
  return copy;
}

/** Another value of the same type, one character or one step away. */
function otherScalar(random: Random, value: unknown): unknown {
  if (typeof value === 'number') return random.chance(0.5) ? value + 1 : String(value);
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return 0;
  if (value === '') return ' ';
  const at = random.below(value.length);
  const code = value.charCodeAt(at) ^ (1 << random.below(7));
  return value.slice(0, at) + String.fromCharCode(code) + value.slice(at + 1);
}
