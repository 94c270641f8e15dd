import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { CustodyError } from '../../src/custody/custody-error.js';
import { KeyRenewal } from '../../src/keys/key-renewal.js';
import type { KeyRing } from '../../src/keys/key-ring.js';

const DAY = 86_400_000;
const START = Date.UTC(2030, 0, 1);

function world(passportTtlDays: number) {
  let nowMs = START;
  let issuedMs = START;
  const rotate = vi.fn(async () => {
    issuedMs = nowMs;
    return { name: 'intermediate-2' };
  });
  const issuing = () => ({
    passport: {
      passport_id: 'asp_issuing',
      issued_at: new Date(issuedMs).toISOString(),
      expires_at: new Date(issuedMs + 365 * DAY).toISOString(),
    },
  });
  const logger = pino({ level: 'silent' });
  const warn = vi.spyOn(logger, 'warn');
  const revoked = new Set<string>();
  const needsKeySet = vi.fn(() => false);
  const renewKeySet = vi.fn(async () => ({ number: 2 }));
  const renewal = new KeyRenewal({
    keys: { issuing, rotate, needsKeySet, renewKeySet, keySet: () => undefined } as unknown as KeyRing,
    logger,
    passportTtlSeconds: (passportTtlDays * DAY) / 1000,
    isRevoked: async (id) => revoked.has(id),
    clock: () => nowMs,
  });
  return { renewal, rotate, warn, revoked, needsKeySet, renewKeySet, pass: (days: number) => (nowMs += days * DAY) };
}

describe('the renewal of keys', () => {
  it('comes before passports would have to be shortened', async () => {
    const { renewal, rotate, pass } = world(90);
    await renewal.renewInTime();
    pass(274);
    await renewal.renewInTime();
    expect(rotate).not.toHaveBeenCalled();
    pass(1);
    await renewal.renewInTime();
    await renewal.renewInTime();
    expect(rotate).toHaveBeenCalledTimes(1);
  });

  it('comes at once where the issuing passport is revoked', async () => {
    const { renewal, rotate, revoked } = world(90);
    revoked.add('asp_issuing');
    await renewal.renewInTime();
    expect(rotate).toHaveBeenCalledWith('passport');
  });

  it('does not come again and again where passports live as long as their issuer', async () => {
    const { renewal, rotate, pass } = world(3650);
    for (let day = 0; day < 365; day += 1) {
      await renewal.renewInTime();
      pass(1);
    }
    expect(rotate).toHaveBeenCalledTimes(1);
  });

  it('comes for the key set as well, where it is time', async () => {
    const { renewal, rotate, needsKeySet, renewKeySet } = world(90);
    await renewal.renewInTime();
    expect(renewKeySet).not.toHaveBeenCalled();
    needsKeySet.mockReturnValueOnce(true);
    await renewal.renewInTime();
    await renewal.renewInTime();
    expect(renewKeySet).toHaveBeenCalledTimes(1);
    expect(rotate).not.toHaveBeenCalled();
  });

  it('is asked for in the log once a day where the root is away', async () => {
    const { renewal, rotate, warn, pass } = world(90);
    rotate.mockRejectedValue(new CustodyError('custody_key_missing', 'There is no key "root-1".'));
    pass(300);
    for (let hour = 0; hour < 48; hour += 1) {
      await renewal.renewInTime();
      pass(1 / 24);
    }
    expect(warn).toHaveBeenCalledTimes(2);
  });
});
