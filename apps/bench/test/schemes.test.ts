import { generateKeyPairSync } from 'node:crypto';
import type { KeyPairKeyObjectResult } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Stopwatch } from '../src/harness/stopwatch.js';
import { httpMessageSignatures } from '../src/schemes/http-message-signatures.js';
import { joseCompact } from '../src/schemes/jose.js';
import { jsonWebToken } from '../src/schemes/jsonwebtoken.js';
import { mcpsAsync, mcpsIdentity, mcpsSync } from '../src/schemes/mcps.js';
import { noble } from '../src/schemes/noble.js';
import { nodeCrypto, nodeCryptoOnPool } from '../src/schemes/node-crypto.js';
import { asyncContestant } from '../src/schemes/scheme.js';
import { largeCall, smallCall } from '../src/workloads/messages.js';

const keyPair = (): KeyPairKeyObjectResult => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Only a comparison of things that really verify means anything: each gets another one's message under its own signature. */
describe('what is compared', () => {
  const bytes = (number: number): Buffer => Buffer.from(JSON.stringify(smallCall(number)));

  it('verifies bytes, and refuses others', () => {
    for (const scheme of [nodeCrypto(keyPair()), noble()]) {
      const [first, second] = [scheme.sign(bytes(1)), scheme.sign(bytes(2))];
      scheme.verify(first);
      expect(() => {
        scheme.verify({ ...first, data: second.data });
      }).toThrow('refuses its own signature');
    }
  });

  it('verifies bytes on the thread pool, and refuses others', async () => {
    const scheme = nodeCryptoOnPool(keyPair());
    const [first, second] = [await scheme.sign(bytes(1)), await scheme.sign(bytes(2))];
    await scheme.verify(first);
    await expect(scheme.verify({ ...first, data: second.data })).rejects.toThrow('refuses its own signature');
  });

  it('verifies tokens, and refuses others', async () => {
    const keys = keyPair();
    const jws = await joseCompact(keys);
    const jwt = jsonWebToken(keys);
    const swapped = (first: string, second: string): string => {
      const [header = '', , signature = ''] = first.split('.');
      return [header, second.split('.')[1], signature].join('.');
    };
    jwt.verify(jwt.sign(smallCall(1)));
    expect(() => {
      jwt.verify(swapped(jwt.sign(smallCall(1)), jwt.sign(smallCall(2))));
    }).toThrow('invalid signature');
    await jws.verify(await jws.sign(smallCall(1)));
    await expect(jws.verify(swapped(await jws.sign(smallCall(1)), await jws.sign(smallCall(2))))).rejects.toThrow(
      'signature verification failed',
    );
  });

  it('verifies requests, and refuses another body or another digest', async () => {
    const scheme = httpMessageSignatures(keyPair());
    const [first, second] = [await scheme.sign(smallCall(1)), await scheme.sign(smallCall(2))];
    await scheme.verify(first);
    await expect(scheme.verify({ ...first, body: second.body })).rejects.toThrow('does not verify');
    const digest = second.headers['content-digest'] ?? '';
    const forged = { ...first, body: second.body, headers: { ...first.headers, 'content-digest': digest } };
    await expect(scheme.verify(forged)).rejects.toThrow('does not verify');
  });

  it('verifies MCPS messages, and refuses others', async () => {
    const identity = await mcpsIdentity(keyPair());
    const sync = mcpsSync(identity);
    const async = mcpsAsync(identity);
    const signed = sync.sign(smallCall(1));
    sync.verify(signed);
    await async.verify(await async.sign(smallCall(1)));
    expect(() => {
      sync.verify({ ...signed, id: 2 });
    }).toThrow('MCPS-004');
    await expect(async.verify({ ...signed, id: 2 })).rejects.toThrow('MCPS-004');
  });
});

describe('the workloads', () => {
  it('are of the sizes that the budgets name', () => {
    for (const number of [0, 1, 999_999]) expect(JSON.stringify(smallCall(number))).toHaveLength(250);
    expect(JSON.stringify(largeCall(0)).length / 20_000).toBeCloseTo(1, 1);
  });
});

describe('asyncContestant', () => {
  it('keeps as many in flight as it says, and does every operation once', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      done++;
    };
    const contestant = asyncContestant({ name: 'x', sign: work, verify: work }, () => 0, 4);
    await contestant.run(10, new Stopwatch());
    expect({ most, done }).toEqual({ most: 4, done: 20 });
  });
});
