import { describe, expect, it } from 'vitest';
import { MemoryReplayStore, resolveSecurity } from '../../src/index.js';
import { TestAuthority, TestClock } from './harness.js';

describe('a mistake in the options says what to give instead', () => {
  it.each([
    ['the path of a key file', { privateKey: './key.pem' }, 'not the path of a file'],
    ['the path of a passport file', { passport: './passport.json' }, 'not the path of a file'],
    ['one anchor in place of a list', { trustAnchors: { issuer: 'one', keys: [] } }, 'list of anchors'],
    ['a single key in place of a list', { trustAnchors: [{ issuer: 'one', key: 'k' }] }, '`keys`'],
    ['a replay store for a shorter window', { windowMs: 600_000, replayStore: new MemoryReplayStore() }, '`windowMs`'],
    ['a replay store for a longer window', { windowMs: 60_000, replayStore: new MemoryReplayStore() }, '`windowMs`'],
    ['no passport', { passport: undefined }, '`passport`'],
    ['no key', { privateKey: undefined }, '`privateKey`'],
    ['nobody to believe', { trustAnchors: [] }, '`trustAnchors`'],
  ])('%s', async (_name, mistake, text) => {
    const authority = await TestAuthority.create(new TestClock());
    const { passport, privateKey } = await authority.issue('server');
    const good = { passport, privateKey, trustAnchors: [authority.anchor], clock: authority.clock.read };
    await expect(resolveSecurity('server', { ...good, ...mistake } as never)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(text) as string,
    });
    await expect(resolveSecurity('server', good)).resolves.toMatchObject({ role: 'server' });
  });

  it('and never repeats a key that stands in the wrong place', async () => {
    const authority = await TestAuthority.create(new TestClock());
    const { passport, privateKey } = await authority.issue('server');
    const good = { passport, privateKey, trustAnchors: [authority.anchor], clock: authority.clock.read };
    for (const mistake of [{ passport: 'BEGAN SECRET' }, { privateKey: 'BEGAN SECRET' }]) {
      const fault: unknown = await resolveSecurity('server', { ...good, ...mistake }).catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(Error);
      expect(String(fault)).not.toContain('SECRET');
    }
  });
});
