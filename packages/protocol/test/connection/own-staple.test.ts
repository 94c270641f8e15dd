import { describe, expect, it } from 'vitest';
import type { JsonObject, SecurityOptions, StatusQuery } from '../../src/index.js';
import { INITIALIZE, Pair } from './harness.js';

/** What the server's source of status is shown of the client's staple. */
async function stapleSeen(client: Partial<SecurityOptions>): Promise<(object | undefined)[]> {
  const seen: StatusQuery[] = [];
  const statusSource = {
    check: (query: StatusQuery) => {
      seen.push(query);
      return Promise.resolve({ status: 'unknown', producedAtMs: 0, expiresAtMs: 0 } as const);
    },
  };
  const pair = await Pair.create({ client, server: { statusSource } });
  await pair.send('client', INITIALIZE);
  return seen.map(({ staple }) => staple);
}

const STAPLE: JsonObject = { status: 'VALID', signature: 'of the authority' };

describe('a staple for the own passport', () => {
  it('is presented along with it', async () => {
    expect(await stapleSeen({ ownStaple: () => Promise.resolve(STAPLE) })).toEqual([STAPLE]);
  });

  it('is not missed where there is none', async () => {
    expect(await stapleSeen({})).toEqual([undefined]);
    expect(await stapleSeen({ ownStaple: () => Promise.resolve(undefined) })).toEqual([undefined]);
  });

  it('holds nothing up: one that fails or comes too late does without', async () => {
    expect(await stapleSeen({ ownStaple: () => Promise.reject(new Error('no authority')) })).toEqual([undefined]);
    expect(await stapleSeen({ ownStaple: () => new Promise(() => undefined), statusTimeoutMs: 20 })).toEqual([
      undefined,
    ]);
  });

  it('is asked for with a function, and with nothing else', async () => {
    const create = Pair.create({ client: { ownStaple: STAPLE } as never });
    await expect(create).rejects.toMatchObject({ code: 'option_invalid' });
  });
});
