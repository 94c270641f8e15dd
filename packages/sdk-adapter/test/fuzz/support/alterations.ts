import type { Wire } from '../../harness/message.js';
import type { Call, Conversation, Notice } from './conversations.js';
import type { End } from './ends.js';
import { fingerprint } from './fingerprint.js';
import type { OpenPath } from './run-path.js';

const IN_FLIGHT = 64;
const PATIENCE_MS = 60_000;

/** What the SDK makes of conversations where nothing is secured. */
export interface Altered {
  /** Each message as it is delivered. */
  readonly conversations: Conversation[];
  /** An end that is told of what is to be delivered, and sends what that was made of. */
  speakingFor(end: End): End;
}

/** Holds each conversation over a path without security, and takes what comes out for what has to come out where it is secured. @throws where something is lost there. */
export async function alteredBySdk(conversations: readonly Conversation[], plain: OpenPath): Promise<Altered> {
  const calls = new Map<string, Call>();
  const delivered = new Map<string, Wire>();
  const arrived = new Map<string, () => void>();
  const take = (message: Wire): void => {
    const key = nameOf(message);
    if (delivered.has(key)) throw new Error(`Delivered twice without security: ${key}`);
    delivered.set(key, message);
    arrived.get(key)?.();
    const call = message.method === undefined ? undefined : calls.get(key);
    if (call !== undefined) void answer(plain.server, call);
  };
  plain.client.receive = take;
  plain.server.receive = take;
  const queue = conversations.values();
  const hold = async (): Promise<void> => {
    for (const { content } of queue) {
      const message = content.type === 'call' ? content.request : content.message;
      if (content.type === 'call') calls.set(nameOf(message), content);
      const last = nameOf(content.type === 'call' ? content.answer : message);
      const there = new Promise<void>((resolve) => arrived.set(last, resolve));
      await plain.client.send(structuredClone(message));
      await within(PATIENCE_MS, there, `Lost without security: ${last}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, hold));

  const sources = new Map<string, Wire>();
  const altered = (message: Wire): Wire => {
    const found = delivered.get(nameOf(message));
    if (found === undefined) throw new Error(`Lost without security: ${nameOf(message)}`);
    sources.set(fingerprint(found), message);
    return found;
  };
  const alteredContent = (content: Call | Notice): Call | Notice =>
    content.type === 'notice'
      ? { type: 'notice', message: altered(content.message) }
      : {
          type: 'call',
          request: altered(content.request),
          meanwhile: content.meanwhile.map(alteredContent),
          answer: altered(content.answer),
        };
  return {
    conversations: conversations.map(({ from, content }) => ({ from, content: alteredContent(content) })),
    speakingFor: (end) => ({
      errors: end.errors,
      get receive() {
        return end.receive;
      },
      set receive(receive) {
        end.receive = receive;
      },
      send: (message, relatedTo) => end.send(structuredClone(sources.get(fingerprint(message))), relatedTo),
    }),
  };
}

async function answer(server: End, call: Call): Promise<void> {
  for (const content of call.meanwhile)
    if (content.type === 'notice') await server.send(structuredClone(content.message), call.request.id);
  await server.send(structuredClone(call.answer), call.request.id);
}

/** What tells a message from all others, however the SDK alters the rest. */
function nameOf({ method, id, params }: Wire): string {
  if (method === undefined) return `answer ${JSON.stringify(id)}`;
  return method === 'notifications/progress' ? `progress ${params.progress}` : method;
}

async function within(ms: number, what: Promise<void>, text: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(text)), ms);
  });
  await Promise.race([what, late]).finally(() => clearTimeout(timer));
}
