import type { Wire } from '../../harness/message.js';
import type { Random } from './random.js';
import { someMembers, someString, someValue } from './values.js';
import type { Json, JsonMembers } from './values.js';

/** A request, what its receiver says before it answers, and the answer. */
export interface Call {
  readonly type: 'call';
  readonly request: Wire;
  /** Of a call of the client: notifications of the server, and calls that the server makes in turn. */
  readonly meanwhile: readonly (Call | Notice)[];
  readonly answer: Wire;
}

/** A notification. */
export interface Notice {
  readonly type: 'notice';
  readonly message: Wire;
}

/** What one side begins. */
export interface Conversation {
  readonly from: 'client' | 'server';
  readonly content: Call | Notice;
}

/** What a path can bear. */
export interface PathTraits {
  /** The server may ask the client while it is being asked. */
  readonly serverCalls: boolean;
  /** The server may notify while it is being asked. */
  readonly serverNotices: boolean;
  /** The server may notify by itself. */
  readonly unpromptedNotices: boolean;
  /** The client may notify. */
  readonly clientNotices: boolean;
  /** Methods are such as a header can hold. Default false. */
  readonly plainMethods?: boolean;
  /** What `_meta` has to hold in every request and notification of the client. Default nothing. */
  readonly demanded?: (random: Random) => JsonMembers;
}

const EVERYTHING: PathTraits = {
  serverCalls: true,
  serverNotices: true,
  unpromptedNotices: true,
  clientNotices: true,
};

/** Makes conversations of at least `count` messages in all, no two of which are the same. */
export function makeConversations(random: Random, count: number, traits: PathTraits = EVERYTHING): Conversation[] {
  const author = new Author(random, traits);
  const conversations: Conversation[] = [];
  while (author.messages < count) conversations.push(author.conversation());
  return conversations;
}

class Author {
  messages = 0;

  constructor(
    private readonly random: Random,
    private readonly traits: PathTraits,
  ) {}

  conversation(): Conversation {
    const { random, traits } = this;
    const roll = random.next();
    if (roll < 0.1 && traits.unpromptedNotices) return { from: 'server', content: this.#notice() };
    if (roll < 0.3 && traits.clientNotices) return { from: 'client', content: this.#notice(traits.demanded?.(random)) };
    return { from: 'client', content: this.#call(true) };
  }

  #call(ofClient: boolean): Call {
    const { random, traits } = this;
    const token = random.chance(0.5) ? this.#id() : undefined;
    const demanded = ofClient ? traits.demanded?.(random) : undefined;
    const request = { jsonrpc: '2.0', id: this.#id(), ...this.#spoken('call', token, demanded) };
    const meanwhile: (Call | Notice)[] = [];
    while (ofClient && meanwhile.length < 3 && random.chance(0.25)) {
      if (traits.serverCalls && random.chance(0.5)) meanwhile.push(this.#call(false));
      else if (traits.serverNotices) meanwhile.push(token === undefined ? this.#notice() : this.#progress(token));
      else break;
    }
    this.messages += 1;
    const outcome = random.chance(0.3) ? { error: this.#error() } : { result: this.#container() ?? {} };
    return { type: 'call', request, meanwhile, answer: { jsonrpc: '2.0', id: request.id, ...outcome } };
  }

  #notice(demanded?: JsonMembers): Notice {
    return { type: 'notice', message: { jsonrpc: '2.0', ...this.#spoken('notice', undefined, demanded) } };
  }

  #progress(progressToken: string | number): Notice {
    this.messages += 1;
    const params = { ...someMembers(this.random, 1), progressToken, progress: this.messages };
    return { type: 'notice', message: { jsonrpc: '2.0', method: 'notifications/progress', params } };
  }

  /** The method tells one message from all others, also where there are no parameters. */
  #spoken(kind: string, token?: string | number, demanded?: JsonMembers): Wire {
    this.messages += 1;
    const isPlain = this.traits.plainMethods === true || !this.random.chance(0.1);
    const method = `fuzz/${kind}/${this.messages}${isPlain ? '' : someString(this.random)}`;
    const params = this.#container(token, demanded);
    return params === undefined ? { method } : { method, params };
  }

  /** Parameters, or a result: absent, empty, with and without `_meta`, and now and then large. */
  #container(token?: string | number, demanded?: JsonMembers): JsonMembers | undefined {
    const { random } = this;
    const roll = random.next();
    const needsMeta = token !== undefined || demanded !== undefined;
    if (!needsMeta && roll < 0.15) return undefined;
    const members = roll < 0.25 ? {} : someMembers(random, 3, 1 + random.below(6));
    if (roll > 0.97)
      members['text'] = someString(random)
        .repeat(1 + random.below(200))
        .slice(0, 20_000);
    if (!needsMeta && random.chance(0.5)) return members;
    const meta = { ...(random.chance(0.3) ? {} : someMembers(random, 2)), ...demanded };
    return { ...members, _meta: token === undefined ? meta : { ...meta, progressToken: token } };
  }

  #error(): { code: number; message: string; data?: Json } {
    const { random } = this;
    const code = random.pick([-32_602, -32_603, -32_050, 0, 1, -1, 404, Number.MAX_SAFE_INTEGER]);
    const message = someString(random);
    const roll = random.next();
    if (roll < 0.3) return { code, message };
    return { code, message, data: roll < 0.6 ? someMembers(random, 2) : dataOf(someValue(random, 2)) };
  }

  /** Numbers and strings that differ, among them such as look alike. */
  #id(): string | number {
    const number = this.messages;
    return this.random.pick<string | number>([
      number,
      -number,
      Number.MAX_SAFE_INTEGER - number,
      String(number),
      `id ${number} \u{1F511}`,
      `constructor${number}`,
    ]);
  }
}

/** The members of an object in `data` stand where the envelope does. */
function dataOf(value: Json): Json {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith('dev.mcps/')));
}
