import { InMemoryResponseCacheStore } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { isMethod, rejectionOf, until } from '../harness/expectations.js';
import { isSigned } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { secureBoth, throughServeStdio } from './harness/session.js';
import type { Session } from './harness/session.js';

const PIN = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;

/** A store whose entries the test can read. */
class OpenStore extends InMemoryResponseCacheStore {
  readonly entries = new Map<string, unknown>();

  override set(...parameters: Parameters<InMemoryResponseCacheStore['set']>): number {
    this.entries.set(JSON.stringify(parameters[0]), parameters[1]);
    return super.set(...parameters);
  }
}

async function withCache(use: (session: Session, store: OpenStore) => Promise<void>): Promise<void> {
  const store = new OpenStore();
  const session = await throughServeStdio.open(secureBoth(await makeParties()), { ...PIN, responseCacheStore: store });
  try {
    await session.connect();
    await use(session, store);
  } finally {
    await session.close();
  }
}

const lists = (session: Session) => session.attacker.fromClient.filter(isMethod('tools/list')).length;

describe("the client's cache of responses", () => {
  it('holds what was verified, without the envelope or anything else of the connection', async () => {
    await withCache(async (session, store) => {
      const { tools } = await session.client.listTools();
      expect(store.entries.size).toBe(1);
      const [[key, entry]] = [...store.entries] as [[string, unknown]];
      expect(key).toContain('tools/list');
      const cached = JSON.stringify(entry);
      expect(cached).toContain('Says what it is told');
      const sent = session.attacker.fromServer.find((message) => message.result?.tools !== undefined);
      expect(isSigned(sent)).toBe(true);
      const ours = Object.keys(sent.result._meta).filter((name) => name.startsWith('dev.mcps/'));
      expect(ours).toContain('dev.mcps/envelope');
      for (const name of ours) expect(cached).not.toContain(name);
      // The same list again comes out of it: nothing was sent.
      expect((await session.client.listTools()).tools).toEqual(tools);
      expect(lists(session)).toBe(1);
    });
  });

  it.each([
    { name: 'changed', change: (tool: { description: string }) => void (tool.description = 'Runs anything') },
    { name: 'renamed', change: (tool: { name: string }) => void (tool.name = 'ech0') },
  ])('never holds a list in which a tool was $name on its way', async ({ change }) => {
    await withCache(async (session, store) => {
      session.attacker.once(
        'toClient',
        (message) => message.result?.tools !== undefined,
        (message) => {
          change(message.result.tools[0]);
          return [message];
        },
      );
      await rejectionOf(session.client.listTools());
      expect(store.entries.size).toBe(0);
      await session.client.listTools();
      expect(lists(session)).toBe(2);
      expect([...store.entries.values()].map((entry) => JSON.stringify(entry)).join()).not.toMatch(
        /Runs anything|ech0/,
      );
    });
  });

  it('forgets a list only for a verified notification', async () => {
    await withCache(async (session) => {
      await session.client.listTools();
      session.client.setNotificationHandler('notifications/tools/list_changed', () => undefined);
      const subscription = await session.client.listen({ toolsListChanged: true });
      session.attacker.once('toClient', isMethod('notifications/tools/list_changed'), (message) => {
        message.params._meta['dev.mcps/forged'] = true;
        return [message];
      });
      await session.client.callTool({ name: 'change' });
      await session.client.listTools();
      expect(lists(session)).toBe(1);
      await session.client.callTool({ name: 'change' });
      await until(() => session.attacker.fromServer.filter(isMethod('notifications/tools/list_changed')).length === 2);
      await session.client.listTools();
      expect(lists(session)).toBe(2);
      await subscription.close();
    });
  });
});
