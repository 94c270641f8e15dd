import { decodeBase64, encodeBase64 } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { isVerified, signStatusBitmap, verifyStatusBitmap } from '../../src/index.js';
import type { SignStatusBitmapOptions, StatusBitmap, TrustAnchors } from '../../src/index.js';
import { Authority, HOUR_MS, NOW, newKeys } from '../passport/world.js';
import type { Keys } from '../passport/world.js';
import { rejectionOf } from '../support/refusal.js';
import { signAnything } from '../support/statements.js';

const OPTIONS: SignStatusBitmapOptions = {
  issuer: 'authority.example',
  number: 7,
  epoch: 12,
  size: 20,
  revoked: [0, 7, 8, 19],
  treeHead: { tree_size: 9, root_hash: 'ab'.repeat(32) },
  issuedAtMs: NOW,
};

let clerk: Keys;
let anchors: TrustAnchors;

beforeAll(async () => {
  clerk = await newKeys();
  anchors = await (await Authority.create()).anchors({ statusKeys: [clerk.publicKey] });
});

const bitmap = (extra: Partial<SignStatusBitmapOptions> = {}): Promise<StatusBitmap> =>
  signStatusBitmap({ ...OPTIONS, ...extra }, clerk.privateKey);
const verify = (source: object | string) => verifyStatusBitmap(source, { anchors, now: NOW });

/** The same bitmap with other bits, signed all the same. */
async function withBits(bits: Uint8Array, members: object = {}): Promise<object> {
  return signAnything('status-bitmap', { ...(await bitmap()), ...members, bits: encodeBase64(bits) }, clerk.privateKey);
}

async function zlib(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe('a bitmap', () => {
  it('tells of every passport by its index', async () => {
    const verified = await verify(JSON.stringify(await bitmap()));
    const set = Array.from({ length: 30 }, (_, index) => index).filter((index) => verified.bits.has(index));
    expect(set).toEqual([0, 7, 8, 19]);
    expect(verified).toMatchObject({
      authority: 'authority.example',
      epoch: 12,
      treeHead: { tree_size: 9 },
      issuedAtMs: NOW,
      nextUpdateMs: NOW + HOUR_MS,
    });
    expect(verified.bits.size).toBe(20);
    expect(isVerified(verified, 'status-bitmap')).toBe(true);
  });

  it('is, bit by bit, what the IETF token status list has: the lowest bit of a byte first', async () => {
    expect(Uint8Array.from((await verify(await bitmap())).bits.toBytes())).toEqual(Uint8Array.of(0x81, 0x01, 0x08));
    const written = decodeBase64((await bitmap()).bits);
    // ZLIB, and no other of the formats that are called deflate.
    expect([(written[0] ?? 0) & 0x0f, ((written[0] ?? 0) * 256 + (written[1] ?? 0)) % 31]).toEqual([8, 0]);
  });

  it('may be empty, tell of nobody, or of a whole number of bytes', async () => {
    for (const [size, revoked] of [
      [0, []],
      [1, [0]],
      [16, [15]],
      [17, []],
    ] as const) {
      const { bits } = await verify(await bitmap({ size, revoked }));
      expect([bits.size, ...revoked.map((index) => bits.has(index))]).toEqual([size, ...revoked.map(() => true)]);
      expect([bits.has(size), bits.has(-1), bits.has(0.5), bits.has(Number.NaN), bits.has(2 ** 33)]).toEqual([
        false,
        false,
        false,
        false,
        false,
      ]);
    }
  });

  it('says the same however its bits were compressed', async () => {
    const stored = Uint8Array.of(0x78, 0x01, 1, 3, 0, 0xfc, 0xff, 0x81, 0x01, 0x08, 0x01, 0x90, 0x00, 0x8b);
    const other = await verify(await withBits(stored));
    const first = await verify(await bitmap());
    expect(other.bitmap.bits).not.toBe(first.bitmap.bits);
    expect(other.digest).toBe(first.digest);
    expect((await verify(await bitmap({ revoked: [0, 7, 8] }))).digest).not.toBe(first.digest);
  });

  it('of a million passports fits in 20 kB where one in a hundred is revoked', async () => {
    const revoked = Array.from({ length: 10_000 }, (_, index) => index * 100 + ((index * 7919) % 100));
    const signed = await bitmap({ size: 1_000_000, revoked });
    expect(decodeBase64(signed.bits).length).toBeLessThanOrEqual(20_000);
    const { bits } = await verify(signed);
    expect(revoked.every((index) => bits.has(index))).toBe(true);
    expect(Array.from({ length: 1_000_000 }, (_, index) => bits.has(index)).filter(Boolean).length).toBe(10_000);
  });
});

/** Counts what comes out of the runtime's decompression from now on. */
function countDecompressed(): { bytes: number; restore(): void } {
  const Original = globalThis.DecompressionStream;
  const counted = {
    bytes: 0,
    restore: () => {
      globalThis.DecompressionStream = Original;
    },
  };
  globalThis.DecompressionStream = class {
    readonly writable: WritableStream;
    readonly readable: ReadableStream;

    constructor(format: CompressionFormat) {
      const { writable, readable } = new Original(format);
      this.writable = writable;
      this.readable = readable.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            counted.bytes += chunk.length;
            controller.enqueue(chunk);
          },
        }),
      );
    }
  };
  return counted;
}

describe('bits that are refused', () => {
  const raw = Uint8Array.of(0x81, 0x01, 0x08);

  it.each<[string, () => Promise<Uint8Array> | Uint8Array]>([
    ['more than the size asks for', () => zlib(Uint8Array.of(...raw, 0))],
    ['fewer', () => zlib(raw.slice(0, 2))],
    ['a bit beyond the size', () => zlib(Uint8Array.of(0x81, 0x01, 0x18))],
    ['not compressed', () => raw],
    ['cut short', async () => (await zlib(raw)).slice(0, -1)],
    [
      'with a wrong check value',
      async () => (await zlib(raw)).map((byte, at, all) => (at === all.length - 1 ? byte ^ 1 : byte)),
    ],
    ['followed by more', async () => Uint8Array.of(...(await zlib(raw)), 0)],
    ['followed by another stream', async () => Uint8Array.of(...(await zlib(raw)), ...(await zlib(new Uint8Array())))],
    ['nothing', () => new Uint8Array()],
  ])('%s', async (_name, bits) => {
    expect(await rejectionOf(verify(await withBits(await bits())))).toBe('status_invalid');
  });

  it('that would fill the memory are given up as soon as they are too many', async () => {
    // 50 MB of zeros in 50 kB, as much as so many bits may take.
    const bomb = await withBits(await zlib(new Uint8Array(50_000_000)), { size: 500_000 });
    const counted = countDecompressed();
    try {
      expect(await rejectionOf(verify(bomb))).toBe('status_invalid');
    } finally {
      counted.restore();
    }
    expect(counted.bytes).toBeGreaterThan(0);
    expect(counted.bytes).toBeLessThan(2_000_000);
  });

  it('that are longer than the size allows are not decoded', async () => {
    const padded = await withBits(new Uint8Array(5000), { size: 20 });
    expect(await rejectionOf(verify(padded))).toBe('status_invalid');
  });

  it('are not looked at before the signature is verified', async () => {
    const signed = await withBits(await zlib(raw));
    expect(await rejectionOf(verify(signed))).toBeUndefined();
    const forged = await signAnything('status-bitmap', signed, (await newKeys()).privateKey);
    expect(await rejectionOf(verify(forged))).toBe('status_invalid');
  });
});

describe('signStatusBitmap refuses what no verifier would read', () => {
  it.each<[string, Partial<SignStatusBitmapOptions>]>([
    ['an index at the size', { revoked: [20] }],
    ['a negative index', { revoked: [-1] }],
    ['half an index', { revoked: [0.5] }],
    ['a negative size', { size: -1 }],
    ['a size beyond the limit', { size: 2 ** 27 + 1 }],
    ['no time to live', { ttlSeconds: 0 }],
    ['a number that is none', { number: -1 }],
  ])('%s', async (_name, extra) => {
    await expect(bitmap(extra)).rejects.toMatchObject({ code: 'option_invalid' });
  });
});
