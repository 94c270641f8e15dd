import { ConfigurationError } from '@mcps/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { Endpoints } from '../../src/authority/endpoints.js';
import { TrustClientError } from '../../src/error.js';

let now: number;
let random: number;
const options = { clock: () => now, random: () => random };

beforeEach(() => {
  now = 1_000_000;
  random = 0.999_999;
});

const hosts = (...names: string[]) =>
  new Endpoints(
    names.map((name) => `https://${name}.example`),
    options,
  );
const fault = (code: TrustClientError['code'], httpStatus?: number) =>
  new TrustClientError(code, 'made up', httpStatus === undefined ? {} : { httpStatus });

/** Asks addresses of which those named fail; returns who was asked. */
async function ask(endpoints: Endpoints, failing: Readonly<Record<string, Error>>): Promise<string[]> {
  const asked: string[] = [];
  await endpoints
    .attempt(async ({ hostname }) => {
      const [name = ''] = hostname.split('.');
      asked.push(name);
      const error = failing[name];
      if (error !== undefined) throw error;
    })
    .catch((error: unknown) => asked.push(error instanceof TrustClientError ? error.code : String(error)));
  return asked;
}

describe('the addresses of an authority', () => {
  it('are asked in order, the next where one fails', async () => {
    const endpoints = hosts('a', 'b', 'c');
    expect(await ask(endpoints, {})).toEqual(['a']);
    expect(await ask(endpoints, { a: fault('unreachable'), b: fault('timed_out') })).toEqual(['a', 'b', 'c']);
  });

  it('are left alone for a while after a failure, whatever it was', async () => {
    const endpoints = hosts('a', 'b');
    await ask(endpoints, { a: new Error('not signed by the authority') });
    expect(await ask(endpoints, {})).toEqual(['b']);
    now += 249;
    expect(await ask(endpoints, {})).toEqual(['b']);
    now += 1;
    expect(await ask(endpoints, {})).toEqual(['a']);
  });

  it('are left alone for longer when they fail again, but not for long', async () => {
    const endpoints = hosts('a');
    const failing = { a: fault('unreachable') };
    const pauses: number[] = [];
    for (let i = 0; i < 7; i++) {
      expect(await ask(endpoints, failing)).toEqual(['a', 'unreachable']);
      const from = now;
      while ((await ask(endpoints, failing)).length === 1) now += 50;
      // That attempt failed as well.
      pauses.push(now - from);
      now += 60_000;
    }
    expect(pauses[0]).toBe(250);
    expect(pauses[1]).toBe(1_000);
    expect(Math.max(...pauses)).toBe(4_000);
    now += 4_000;
    expect(await ask(endpoints, {})).toEqual(['a']);
    await ask(endpoints, failing);
    now += 250;
    expect(await ask(endpoints, {})).toEqual(['a']);
  });

  it('are not left alone for longer because the clock is set back', async () => {
    const endpoints = hosts('a');
    await ask(endpoints, { a: fault('unreachable') });
    now -= 3_600_000;
    expect(await ask(endpoints, {})).toEqual(['a']);
  });

  it('are not waited for while all of them are left alone', async () => {
    const endpoints = hosts('a', 'b');
    await ask(endpoints, { a: fault('timed_out'), b: fault('timed_out') });
    expect(await ask(endpoints, {})).toEqual(['unreachable']);
  });

  it('are not all asked again at one moment', async () => {
    random = 0;
    const endpoints = hosts('a');
    await ask(endpoints, { a: fault('unreachable') });
    now += 124;
    expect(await ask(endpoints, {})).toEqual(['unreachable']);
    now += 1;
    expect(await ask(endpoints, {})).toEqual(['a']);
  });

  it.each([400, 404, 410])('speak with one voice when they refuse: %i', async (status) => {
    const endpoints = hosts('a', 'b');
    expect(await ask(endpoints, { a: fault('http_status', status) })).toEqual(['a', 'http_status']);
    expect(await ask(endpoints, {})).toEqual(['a']);
  });

  it.each([429, 500, 503])('speak for themselves when they cannot: %i', async (status) => {
    const endpoints = hosts('a', 'b');
    expect(await ask(endpoints, { a: fault('http_status', status) })).toEqual(['a', 'b']);
    expect(await ask(endpoints, {})).toEqual(['b']);
  });

  it('have not failed where the caller has given up', async () => {
    const endpoints = hosts('a', 'b');
    const controller = new AbortController();
    const attempt = endpoints.attempt(async () => {
      controller.abort();
      throw fault('unreachable');
    }, controller.signal);
    await expect(attempt).rejects.toMatchObject({ code: 'unreachable' });
    expect(await ask(endpoints, {})).toEqual(['a']);
  });

  it.each([[Array.from({ length: 9 }, () => 'https://a.example')], [['http://a.example']], ['https://a.example']])(
    'are checked: %j',
    (urls) => {
      expect(() => new Endpoints(urls as string[], options)).toThrow(ConfigurationError);
    },
  );
});
