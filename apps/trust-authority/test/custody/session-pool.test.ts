import { describe, expect, it } from 'vitest';
import { CKR } from '../../src/custody/pkcs11/constants.js';
import type { Cryptoki } from '../../src/custody/pkcs11/cryptoki.js';
import { CryptokiError } from '../../src/custody/pkcs11/cryptoki.js';
import { SessionPool } from '../../src/custody/pkcs11/session-pool.js';

interface Device {
  readonly cryptoki: Cryptoki;
  readonly opened: number[];
  readonly closed: number[];
}

/** A module with one token that does whatever the operation does. */
function device(): Device {
  const opened: number[] = [];
  const closed: number[] = [];
  const cryptoki = {
    tokens: async () => [{ slot: 7, label: 'token' }],
    openSession: async () => opened.push(opened.length + 1),
    closeSession: async (session: number) => void closed.push(session),
    login: async () => undefined,
  };
  return { cryptoki: cryptoki as any, opened, closed };
}

const poolOf = ({ cryptoki }: Device, options = {}) =>
  new SessionPool(cryptoki, {
    tokenLabel: 'token',
    pin: Uint8Array.of(1, 2),
    maxSessions: 2,
    timeLimitMs: 50,
    ...options,
  });

const never = () => new Promise<never>(() => undefined);

describe('sessions with a token', () => {
  it('uses a session again, and opens no more than it may', async () => {
    const token = device();
    const pool = poolOf(token, { timeLimitMs: 10_000 });
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, (running += 1));
      await new Promise(setImmediate);
      running -= 1;
    };
    await Promise.all(Array.from({ length: 50 }, () => pool.run(work)));
    expect(most).toBe(2);
    expect(token.opened).toEqual([1, 2]);
    expect(await pool.close()).toBe(true);
    expect(token.closed.sort()).toEqual([1, 2]);
  });

  it('gives up on an operation that hangs, which keeps its turn; those that wait give up too', async () => {
    const pool = poolOf(device());
    const late = { code: 'custody_unavailable', message: expect.stringContaining('50 ms') };
    const hanging = await Promise.allSettled([pool.run(never), pool.run(never), pool.run(async () => 'done')]);
    expect(hanging).toMatchObject([{ reason: late }, { reason: late }, { reason: late }]);
    await expect(pool.run(async () => 'done')).rejects.toMatchObject(late);
    // Nothing must be finalised under a call that is still running.
    expect(await pool.close()).toBe(false);
  });

  it('goes on when an operation that was given up on ends after all', async () => {
    const pool = poolOf(device(), { maxSessions: 1 });
    let end: (() => void) | undefined;
    const slow = pool.run(() => new Promise<void>((resolve) => (end = resolve)));
    await expect(slow).rejects.toMatchObject({ code: 'custody_unavailable' });
    const next = pool.run(async () => 'done');
    end!();
    expect(await next).toBe('done');
    expect(await pool.close()).toBe(true);
  });

  it('refuses more than may wait', async () => {
    const pool = poolOf(device(), { maxSessions: 1, timeLimitMs: 200 });
    const all = await Promise.allSettled(Array.from({ length: 1026 }, () => pool.run(never)));
    const messages = all.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason.message) : ''));
    expect(messages.filter((message) => message.includes('Too many'))).toHaveLength(1);
    expect(messages.at(-1)).toContain('Too many');
  });

  it.each(['SESSION_HANDLE_INVALID', 'SESSION_CLOSED', 'USER_NOT_LOGGED_IN', 'DEVICE_REMOVED'] as const)(
    'tries once more in a new session after CKR_%s',
    async (name) => {
      const token = device();
      const pool = poolOf(token, { timeLimitMs: 10_000 });
      const sessions: number[] = [];
      const result = await pool.run(async (session) => {
        sessions.push(session);
        if (sessions.length === 1) throw new CryptokiError('C_Sign', CKR[name]);
        return 'done';
      });
      expect(result).toBe('done');
      expect(sessions).toEqual([1, 2]);
      expect(token.closed).toEqual([1]);
    },
  );

  it('tries nothing twice that failed for another reason', async () => {
    const pool = poolOf(device(), { timeLimitMs: 10_000 });
    let tries = 0;
    const failing = pool.run(async () => {
      tries += 1;
      throw new CryptokiError('C_Sign', CKR.GENERAL_ERROR);
    });
    await expect(failing).rejects.toMatchObject({ code: 'custody_unavailable', returnValue: CKR.GENERAL_ERROR });
    expect(tries).toBe(1);
  });

  it.each([
    [[]],
    [
      [
        { slot: 1, label: 'token' },
        { slot: 2, label: 'token' },
      ],
    ],
  ])('refuses to guess which token is meant', async (tokens) => {
    const token = device();
    (token.cryptoki as any).tokens = async () => tokens;
    await expect(poolOf(token).run(async () => 'done')).rejects.toMatchObject({ code: 'custody_unavailable' });
    expect(token.opened).toEqual([]);
  });
});
