import { describe, expect, it } from 'vitest';
import { isCall, reasonsIn, rejectionOf, textOf, until } from '../harness/expectations.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { inMemory, statefulHttp, withSession } from '../harness/session.js';
import type { Runner, Securing, Session } from '../harness/session.js';

const secure = async (): Promise<Securing> => {
  const parties = await makeParties();
  return { client: parties.client.options, server: parties.server.options };
};

const progressOf = async (session: Session): Promise<number[]> => {
  const seen: number[] = [];
  await session.client.callTool({ name: 'progress', arguments: { steps: 3 } }, undefined, {
    onprogress: (update) => void seen.push(update.progress),
  });
  return seen;
};

/** Holds the first message of a kind back until the second has passed. */
const reorder = (matches: (message: Wire) => boolean) => {
  let held: Wire;
  let done = false;
  return (message: Wire): Wire[] => {
    if (done || !matches(message)) return [message];
    if (held === undefined) {
      held = message;
      return [];
    }
    done = true;
    return [message, held];
  };
};

const isProgress = (message: Wire) => message.method === 'notifications/progress';

describe('an attacker on an ordered transport', () => {
  const runner: Runner = inMemory;

  it('reorders notifications', async () => {
    await withSession(runner, { client: undefined, server: undefined }, async (session) => {
      session.attacker.toClient = reorder(isProgress);
      expect(await progressOf(session)).toEqual([2, 1, 3]);
    });
    await withSession(runner, await secure(), async (session) => {
      session.attacker.toClient = reorder(isProgress);
      expect(await progressOf(session)).toEqual([3]);
      expect(reasonsIn(session.clientErrors)).toEqual(['sequence_gap', 'sequence_repeated']);
    });
  });

  it('drops a notification', async () => {
    const dropFirst = () => {
      let dropped = false;
      return (message: Wire): Wire[] => {
        if (dropped || !isProgress(message)) return [message];
        dropped = true;
        return [];
      };
    };
    await withSession(runner, { client: undefined, server: undefined }, async (session) => {
      session.attacker.toClient = dropFirst();
      expect(await progressOf(session)).toEqual([2, 3]);
      expect(session.clientErrors).toEqual([]);
    });
    await withSession(runner, await secure(), async (session) => {
      session.attacker.toClient = dropFirst();
      expect(await progressOf(session)).toEqual([3]);
      expect(reasonsIn(session.clientErrors)).toEqual(['sequence_gap']);
    });
  });

  it('reorders calls', async () => {
    await withSession(runner, await secure(), async (session) => {
      session.attacker.toServer = reorder((message) => message.method === 'tools/call');
      const outcomes = await Promise.allSettled([
        session.client.callTool({ name: 'echo', arguments: { text: 'one' } }),
        session.client.callTool({ name: 'whoami', arguments: {} }),
      ]);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
      expect(reasonsIn(session.serverErrors)).toEqual(['sequence_gap', 'sequence_repeated']);
      expect(session.calls.names).toEqual([]);
      expect(textOf(await session.client.callTool({ name: 'echo', arguments: { text: 'three' } }))).toBe('three');
    });
  });

  it('drops a call, which the next one brings to light', async () => {
    await withSession(runner, await secure(), async (session) => {
      session.attacker.once('toServer', isCall('echo'), () => []);
      const lost = session.client.callTool({ name: 'echo', arguments: { text: 'lost' } }, undefined, { timeout: 300 });
      const lostOutcome = rejectionOf(lost);
      const next = await rejectionOf(session.client.callTool({ name: 'whoami', arguments: {} }));
      expect(next).toMatchObject({ code: -33005, data: { code: 'MCPS-005', reason: 'sequence_gap' } });
      await lostOutcome;
      expect(session.calls.names).toEqual([]);
    });
  });

  it('swaps two results in flight', async () => {
    await withSession(runner, await secure(), async (session) => {
      session.attacker.toClient = reorder((message) => message.result?.content !== undefined);
      const outcomes = await Promise.allSettled([
        session.client.callTool({ name: 'echo', arguments: { text: 'one' } }),
        session.client.callTool({ name: 'echo', arguments: { text: 'two' } }),
      ]);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
      expect(reasonsIn(session.clientErrors)).toEqual(['sequence_gap', 'sequence_repeated']);
    });
  });
});

describe('an attacker on a transport that reorders by itself', () => {
  it('gains nothing by reordering calls: each is accepted once', async () => {
    await withSession(statefulHttp, await secure(), async (session) => {
      let second: () => void = () => undefined;
      const secondSent = new Promise<void>((resolve) => (second = resolve));
      session.attacker.toServer = async (message) => {
        if (isCall('echo')(message)) await secondSent;
        if (isCall('whoami')(message)) setTimeout(second, 50);
        return [message];
      };
      const [one, two] = await Promise.all([
        session.client.callTool({ name: 'echo', arguments: { text: 'one' } }),
        session.client.callTool({ name: 'whoami', arguments: {} }),
      ]);
      expect(textOf(one)).toBe('one');
      expect(textOf(two)).toContain('mcps');
      expect(session.calls.names).toEqual(['whoami', 'echo']);
      expect(session.serverErrors).toEqual([]);
    });
  });

  it('still cannot repeat one', async () => {
    await withSession(statefulHttp, await secure(), async (session) => {
      session.attacker.once('toServer', isCall('echo'), (message) => [structuredClone(message), message]);
      await session.client.callTool({ name: 'echo', arguments: { text: 'one' } }).catch(() => undefined);
      await until(() => session.serverErrors.length > 0, 'refusal');
      expect(reasonsIn(session.serverErrors)).toEqual(['sequence_repeated']);
      expect(session.calls.names).toEqual(['echo']);
    });
  });
});
