import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Issued } from '../support/authority.js';
import { until } from '../support/event-source.js';
import { TestServer, json } from '../support/http-server.js';
import { StatusWorld } from '../support/status-world.js';

let world: StatusWorld;
let agent: Issued;

beforeEach(async () => {
  world = await StatusWorld.create();
  agent = await world.authority.issue('agent');
});

afterEach(() => world.server.stop());

/** Lets everything that is under way end. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
const reasonOf = (refused: Promise<unknown>) =>
  refused.then(
    () => 'accepted',
    (error: unknown) => (error as { reason?: string }).reason,
  );

describe('an authority is asked', () => {
  it('about a passport that nothing is known of, once while its answer counts', async () => {
    expect(await world.check(agent)).toMatchObject({ fresh: true, freshUntilMs: world.clock.now + 60_000 });
    expect(world.asked()).toEqual(['verify/ID']);
    world.clock.advance(29_000);
    expect((await world.check(agent)).fresh).toBe(true);
    await settle();
    expect(world.asked()).toEqual([]);
  });

  it('again beside a call, once half the time is over and before it ends', async () => {
    await world.check(agent);
    world.asked();
    world.clock.advance(38_000);
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    world.server.handler = (request, response) => void held.then(() => world.authority.handle(request, response));
    // The authority does not answer, and nobody waits for it.
    expect(await world.check(agent)).toMatchObject({ fresh: true, freshUntilMs: world.clock.now + 22_000 });
    expect(await world.check(agent)).toMatchObject({ fresh: true });
    release?.();
    const isRenewed = async () => (await world.check(agent)).freshUntilMs === world.clock.now + 60_000;
    while (!(await isRenewed())) await settle();
    expect(world.asked()).toEqual(['verify/ID']);
  });

  it('once for all who ask at the same time', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => world.check(agent)));
    expect(outcomes.every(({ fresh }) => fresh)).toBe(true);
    expect(world.asked()).toEqual(['verify/ID']);
  });

  it('by everybody else in its own right', async () => {
    const other = await world.authority.issue('other');
    await Promise.all([world.check(agent), world.check(other)]);
    expect(world.asked()).toHaveLength(2);
  });

  it('after the time to live: then a call waits for it', async () => {
    await world.check(agent);
    world.clock.advance(60_001);
    expect(await world.check(agent)).toMatchObject({ fresh: true, freshUntilMs: world.clock.now + 60_000 });
    expect(world.asked()).toEqual(['verify/ID', 'verify/ID']);
  });

  it('not again for a moment where it does not vouch for a passport', async () => {
    world.authority.records.clear();
    const unknown = { fresh: false, reason: 'status_unavailable' };
    for (let i = 0; i < 5; i++) expect(await world.check(agent)).toMatchObject(unknown);
    expect(world.asked()).toEqual(['verify/ID']);
    world.clock.advance(5_000);
    expect(await world.check(agent)).toMatchObject(unknown);
    expect(world.asked()).toEqual(['verify/ID']);
  });
});

describe('a clock that is set', () => {
  it.each([
    ['back', -3_600_000],
    ['ahead', 3_600_000],
  ])('%s makes no answer count for longer, nor lets nobody in', async (_title, ms) => {
    await world.check(agent);
    world.clock.advance(ms);
    world.asked();
    // The passport itself is of a time that has not come yet; only its status is looked at here.
    const query = { passportId: agent.passport.passport_id, digest: '', issuer: '', anchor: world.authority.name };
    const digest = world.authority.records.get(query.passportId)?.digest ?? '';
    const answer = await world.status.check({ ...query, digest });
    expect(answer).toMatchObject({ status: 'good', producedAtMs: world.clock.now });
    await world.status.check({ ...query, digest });
    expect(world.asked()).toEqual(['verify/ID']);
  });

  it('back does not keep a failure in mind', async () => {
    world.server.handler = (_request, response) => void response.writeHead(503).end();
    await world.check(agent);
    world.server.handler = world.authority.handle;
    world.clock.advance(-50_000);
    expect((await world.check(agent)).fresh).toBe(true);
  });
});

describe('a revocation', () => {
  it('is heard of at the next question', async () => {
    await world.check(agent);
    await world.authority.revoke(agent);
    world.clock.advance(60_001);
    expect(await reasonOf(world.check(agent))).toBe('passport_revoked');
  });

  it('of an issuer is the word about all below it', async () => {
    const team = await world.authority.issue('team', { issuing: { depth: 0, level: 3, capabilities: ['*'] } });
    const member = await world.authority.issue('member', { below: team });
    expect((await world.check(member)).fresh).toBe(true);
    // One question for the whole chain.
    expect(world.asked()).toEqual(['verify/ID']);
    await world.authority.revoke(team);
    world.clock.advance(60_001);
    expect(await reasonOf(world.check(member))).toBe('passport_revoked');
  });

  it('counts whatever else is wrong with the answer: its age, and its history', async () => {
    await world.check(agent);
    const other = world.authority.fork();
    await other.issue('somebody');
    await other.revoke(agent);
    const old = await other.signStatus(agent.passport.passport_id);
    world.server.handler = (_request, response) => json(response, old);
    world.clock.advance(3_600_000);
    expect(await reasonOf(world.check(agent))).toBe('passport_revoked');
  });
});

describe('a staple', () => {
  it('spares the question, for itself and for every issuer', async () => {
    const team = await world.authority.issue('team', { issuing: { depth: 0, level: 3, capabilities: ['*'] } });
    const member = await world.authority.issue('member', { below: team });
    const staple = await world.authority.signStaple(member);
    expect(await world.check(member, { staple })).toMatchObject({
      fresh: true,
      freshUntilMs: world.clock.now + 60_000,
    });
    world.clock.advance(20_000);
    expect(await world.check(member)).toMatchObject({ fresh: true });
    expect(world.asked()).toEqual([]);
  });

  it('counts for a minute from when it was made, not from when it came', async () => {
    const staple = await world.authority.signStaple(agent);
    world.clock.advance(59_000);
    expect(await world.check(agent, { staple })).toMatchObject({ fresh: true, freshUntilMs: world.clock.now + 1_000 });
    expect(world.asked()).toEqual([]);
    world.clock.advance(1_001);
    expect(await world.check(agent, { staple })).toMatchObject({ fresh: true, freshUntilMs: world.clock.now + 60_000 });
    expect(world.asked()).toEqual(['verify/ID']);
  });

  it.each<[string, () => Promise<object>]>([
    ['of another passport', async () => world.authority.signStaple(await world.authority.issue('other'))],
    [
      'that somebody else signed',
      async () => {
        const forger = world.authority.fork();
        forger.status = forger.root;
        return forger.signStaple(agent);
      },
    ],
    ['that was changed', async () => ({ ...(await world.authority.signStaple(agent)), epoch: 9 })],
    [
      'that has expired',
      async () => {
        const staple = await world.authority.signStaple(agent, 10);
        world.clock.advance(10_000);
        return staple;
      },
    ],
    [
      'from the future',
      async () => {
        world.clock.advance(120_000);
        const staple = await world.authority.signStaple(agent);
        world.clock.advance(-120_000);
        return staple;
      },
    ],
    ['that is a status', () => world.authority.signStatus(agent.passport.passport_id)],
    ['that is nothing', async () => ({})],
  ])('%s is none: the authority is asked', async (_title, make) => {
    const staple = await make();
    expect((await world.check(agent, { staple })).fresh).toBe(true);
    expect(world.asked()).toEqual(['verify/ID']);
  });

  it('does not bring back who has been revoked since', async () => {
    const staple = await world.authority.signStaple(agent);
    await world.authority.revoke(agent);
    world.clock.advance(60_001);
    expect(await reasonOf(world.check(agent, { staple }))).toBe('passport_revoked');
  });
});

describe('an authority that cannot be asked', () => {
  const unavailable = { fresh: false, reason: 'status_unavailable' };

  it.each<[string, () => Promise<void> | void]>([
    ['is gone', () => world.server.stop()],
    ['fails', () => void (world.server.handler = (_request, response) => void response.writeHead(500).end())],
    [
      'answers with garbage',
      () => void (world.server.handler = (_request, response) => json(response, { status: 'VALID' })),
    ],
    [
      'answers for another passport',
      async () => {
        const other = await world.authority.issue('other');
        const answer = await world.authority.signStatus(other.passport.passport_id);
        world.server.handler = (_request, response) => json(response, answer);
      },
    ],
    [
      'signs with another key',
      async () => {
        const forger = world.authority.fork();
        forger.status = forger.root;
        world.server.handler = forger.handle;
      },
    ],
    [
      'answers as it did long ago',
      async () => {
        const answer = await world.authority.signStatus(agent.passport.passport_id);
        world.clock.advance(60_001);
        world.server.handler = (_request, response) => json(response, answer);
      },
    ],
  ])('leaves nobody good when it %s', async (_title, spoil) => {
    await spoil();
    expect(await world.check(agent)).toMatchObject(unavailable);
  });

  it('is not asked again by every call, and is once it is back', async () => {
    world.server.handler = (_request, response) => void response.writeHead(503).end();
    for (let i = 0; i < 10; i++) expect(await world.check(agent)).toMatchObject(unavailable);
    expect(world.asked()).toEqual(['verify/ID']);
    world.server.handler = world.authority.handle;
    world.clock.advance(1_000);
    expect((await world.check(agent)).fresh).toBe(true);
  });

  it('holds nobody up for longer than one attempt takes', async () => {
    const slow = await StatusWorld.create({ attemptTimeoutMs: 100 });
    slow.server.handler = () => undefined;
    const held = await slow.authority.issue('held');
    expect(await slow.check(held, { timeoutMs: 20_000 })).toMatchObject(unavailable);
    await slow.server.stop();
  });

  it('lets what it said before count until its time is over, and no longer', async () => {
    await world.check(agent);
    await world.server.stop();
    world.clock.advance(59_999);
    expect((await world.check(agent)).fresh).toBe(true);
    world.clock.advance(1);
    // The last answer is given; whoever judges it finds it too old.
    expect(await world.check(agent)).toMatchObject({ fresh: false, reason: 'status_stale' });
  });

  it('is asked at its next address', async () => {
    const dead = await TestServer.start();
    const deadUrl = dead.url;
    await dead.stop();
    const spare = await StatusWorld.create({ more: [world.server.url, deadUrl] });
    spare.server.handler = (_request, response) => void response.writeHead(500).end();
    world.server.handler = spare.authority.handle;
    const agentThere = await spare.authority.issue('agent');
    expect((await spare.check(agentThere)).fresh).toBe(true);
    await spare.server.stop();
  });
});

describe('a log that goes two ways', () => {
  it('is noticed at once where it has another root', async () => {
    const other = world.authority.fork();
    await world.authority.issue('here');
    await world.check(agent);
    await other.issue('there');
    world.server.handler = other.handle;
    world.clock.advance(60_001);
    expect(await world.check(agent)).toMatchObject({ fresh: false });
  });

  it('is noticed where it has shrunk: a backup was restored', async () => {
    const backup = world.authority.fork();
    await world.authority.issue('after the backup');
    await world.check(agent);
    world.server.handler = backup.handle;
    world.clock.advance(60_001);
    expect(await world.check(agent)).toMatchObject({ fresh: false });
    expect(world.asked()).toContain('log/consistency?from=1&to=2');
  });

  it('may lag, where it can prove that it is the same', async () => {
    const before = await world.authority.signStatus(agent.passport.passport_id);
    await world.authority.issue('meanwhile');
    await world.check(await world.authority.issue('other'));
    world.server.handler = (request, response) => {
      if (request.url?.includes('verify') === true) return json(response, before);
      world.authority.handle(request, response);
    };
    expect((await world.check(agent)).fresh).toBe(true);
  });

  it('is noticed beside the call where it has grown, and then nothing of it counts for a while', async () => {
    const other = world.authority.fork();
    await world.authority.issue('here');
    await world.check(agent);
    await other.issue('there');
    await other.issue('and there');
    world.server.handler = other.handle;
    world.clock.advance(60_001);
    // Believed at first: nobody waits for a proof each time that the log has grown.
    expect((await world.check(agent)).fresh).toBe(true);
    await until(() => world.forks.length > 0);
    expect(world.forks).toHaveLength(1);
    expect(await world.check(agent)).toMatchObject({ fresh: false });
    world.clock.advance(30_000);
    expect(await world.check(agent)).toMatchObject({ fresh: false });
    world.server.handler = world.authority.handle;
    world.clock.advance(1_000);
    expect((await world.check(agent)).fresh).toBe(true);
    world.asked();
    expect((await world.check(agent)).fresh).toBe(true);
    expect(world.asked()).toEqual([]);
  });

  it('grows as it should, and that is proved', async () => {
    await world.check(agent);
    for (let i = 0; i < 5; i++) {
      await world.authority.issue(`agent ${i}`);
      world.clock.advance(60_001);
      expect((await world.check(agent)).fresh).toBe(true);
    }
    // Of several that wait for their proof the last will do.
    await until(() => world.server.requests.some((url) => url.endsWith('&to=6')));
    await settle();
    expect(world.forks).toEqual([]);
  });

  it('keeps up with answers that come at the same time and in any order', async () => {
    const agents = [agent];
    for (let i = 0; i < 20; i++) agents.push(await world.authority.issue(`agent ${i}`));
    const answers = new Map<string, object>();
    for (const { passport } of agents) {
      await world.authority.issue('between');
      answers.set(passport.passport_id, await world.authority.signStatus(passport.passport_id));
    }
    world.server.handler = (request, response) => {
      const [, , what, id = ''] = (request.url ?? '').split('/');
      if (what === 'verify') json(response, answers.get(id));
      else world.authority.handle(request, response);
    };
    const outcomes = await Promise.all(agents.map((one) => world.check(one)));
    expect(outcomes.every(({ fresh }) => fresh)).toBe(true);
    await settle();
    expect(world.forks).toEqual([]);
  });
});
