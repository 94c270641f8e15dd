import { exportPrivatePem, exportPublicDer, exportPublicPem } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError, TrustAnchors, createTrustAnchors } from '../../src/index.js';
import type { TrustAnchorOptions } from '../../src/index.js';
import { newKeys } from '../passport/world.js';
import type { Keys } from '../passport/world.js';

let a: Keys;
let b: Keys;

beforeAll(async () => {
  a = await newKeys();
  b = await newKeys();
});

async function faultOf(list: readonly TrustAnchorOptions[], options = {}): Promise<string | undefined> {
  try {
    await createTrustAnchors(list, options);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.code;
    throw error;
  }
}

it('takes keys in every form', async () => {
  const { publicKey } = a;
  for (const key of [publicKey, publicKey.jwk, await exportPublicPem(publicKey), await exportPublicDer(publicKey)]) {
    const anchors = await createTrustAnchors([{ issuer: 'authority.example', keys: [key] }]);
    expect(anchors.get('authority.example')?.keys.map((each) => each.thumbprint)).toEqual([publicKey.thumbprint]);
  }
});

it('fills in the defaults', async () => {
  const anchors = await createTrustAnchors([{ issuer: 'a', keys: [a.publicKey] }]);
  const anchor = anchors.get('a');
  expect(anchor?.ceiling).toEqual({ level: 4, capabilities: ['*'] });
  expect(anchor?.statusKeys).toEqual(anchor?.keys);
  expect(anchor?.evidenceKeys).toEqual(anchor?.keys);
  expect(anchors.size).toBe(1);
  expect(anchors.list()).toEqual([anchor]);
});

it('knows exactly the names that were configured', async () => {
  const anchors = await createTrustAnchors([{ issuer: 'Authority.example', keys: [a.publicKey] }]);
  for (const name of ['authority.example', 'Authority.example ', '', 'constructor', '__proto__', 'size', 'has']) {
    expect(anchors.has(name)).toBe(false);
    expect(anchors.get(name)).toBeUndefined();
  }
});

it('cannot be changed afterwards', async () => {
  const options = { issuer: 'a', keys: [a.publicKey], ceiling: { level: 1 as 1 | 4, capabilities: ['x'] } };
  const creating = createTrustAnchors([options]);
  options.ceiling.level = 4;
  options.ceiling.capabilities.push('*');
  options.keys.push(b.publicKey);
  const anchor = (await creating).get('a')!;
  expect(anchor).toMatchObject({ ceiling: { level: 1, capabilities: ['x'] } });
  expect(anchor.keys).toHaveLength(1);
  for (const part of [anchor, anchor.ceiling, anchor.ceiling.capabilities, anchor.keys])
    expect(Object.isFrozen(part)).toBe(true);
});

it('is made by its function only', () => {
  expect(
    () => new (TrustAnchors as unknown as new (...args: unknown[]) => unknown)(Symbol('construct'), new Map()),
  ).toThrow(TypeError);
});

it('may be empty: then nobody is believed', async () => {
  expect((await createTrustAnchors([])).size).toBe(0);
});

describe('what is refused', () => {
  it.each(['', 'self', `asp_${'a'.repeat(32)}`, 'x'.repeat(257), 'two\nlines', null, 1])(
    'the name %j',
    async (issuer) => {
      expect(await faultOf([{ issuer: issuer as string, keys: [a.publicKey] }])).toBe('option_invalid');
    },
  );

  it('a name twice', async () => {
    expect(
      await faultOf([
        { issuer: 'a', keys: [a.publicKey] },
        { issuer: 'a', keys: [b.publicKey] },
      ]),
    ).toBe('option_invalid');
  });

  it('a key under two names: its holder could choose the higher ceiling', async () => {
    const list = [
      { issuer: 'a', keys: [a.publicKey], ceiling: { level: 1 as const } },
      { issuer: 'b', keys: [b.publicKey, a.publicKey] },
    ];
    expect(await faultOf(list)).toBe('option_invalid');
    expect(await faultOf([{ issuer: 'a', keys: [a.publicKey, a.publicKey] }])).toBe('option_invalid');
  });

  it.each([
    ['no key', []],
    ['nine keys', Array.from({ length: 9 }, () => 'PEM')],
    ['a key in place of the list', 'PEM' as never],
    ['no PEM', ['PEM']],
    ['no point on the curve', [{ kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } as const]],
  ])('%s', async (_name, keys) => {
    expect(await faultOf([{ issuer: 'a', keys }])).toBe('option_invalid');
  });

  it('a private key, without telling it', async () => {
    const pem = await exportPrivatePem(a.privateKey);
    for (const place of ['keys', 'statusKeys', 'evidenceKeys']) {
      const refusal = createTrustAnchors([{ issuer: 'a', keys: [b.publicKey], [place]: [pem] }]);
      await expect(refusal).rejects.toMatchObject({ code: 'option_invalid' });
      const text = await refusal.catch((error: unknown) => `${String(error)} ${String((error as Error).cause)}`);
      expect(text).not.toContain(pem.split('\n')[1]);
    }
  });

  it.each([-1, 5, 1.5, '2', null])('the ceiling %j', async (level) => {
    const expected = level === null ? undefined : 'option_invalid';
    expect(await faultOf([{ issuer: 'a', keys: [a.publicKey], ceiling: { level: level as 1 } }])).toBe(expected);
  });

  it('a ceiling of 65 capabilities', async () => {
    const capabilities = Array.from({ length: 65 }, (_, i) => `c${i}`);
    expect(await faultOf([{ issuer: 'a', keys: [a.publicKey], ceiling: { capabilities } }])).toBe('option_invalid');
  });

  it('names and keys that are reserved for tests, unless asked for by name', async () => {
    const known = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    } as const;
    const lists: TrustAnchorOptions[] = [
      { issuer: 'authority.mcps.test', keys: [a.publicKey] },
      { issuer: 'https://authority.mcps.test/v1', keys: [a.publicKey] },
      { issuer: 'a', keys: [known] },
      { issuer: 'a', keys: [a.publicKey], statusKeys: [known] },
      { issuer: 'a', keys: [a.publicKey], evidenceKeys: [known] },
    ];
    for (const anchor of lists) {
      expect(await faultOf([anchor])).toBe('test_key_refused');
      expect(await faultOf([anchor], { allowTestKeys: true })).toBeUndefined();
    }
  });
});
