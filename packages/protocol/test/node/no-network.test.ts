import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { verifyModel, verifyPassport } from '../../src/index.js';
import { anchorsOf, keyOf } from '../vectors/run.js';
import { SUITES } from '@mcps/vectors';

const SOURCES = new URL('../../src/', import.meta.url);
/** Ways to reach somebody else from a runtime. */
const NETWORK =
  /\bfetch\s*\(|\bXMLHttpRequest\b|\bnew\s+(?:WebSocket|EventSource)\b|sendBeacon|['"](?:node:)?(?:https?|http2|net|tls|dgram|dns|undici)['"]|\bimport\s*\(/;

afterEach(() => {
  vi.unstubAllGlobals();
});

it('calls no network', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(100);
  const found = files.filter((file) =>
    NETWORK.test(readFileSync(new URL(file.replaceAll('\\', '/'), SOURCES), 'utf8')),
  );
  expect(found).toEqual([]);
});

it('follows no URL that a passport or a model names', async () => {
  const fetched = vi.fn();
  vi.stubGlobal('fetch', fetched);
  for (const { input, expect: expected } of SUITES.passports.vectors) {
    if (expected.outcome !== 'accept') continue;
    const { passport, anchors, now } = input as { passport: object; anchors: unknown; now: number };
    await verifyPassport(passport, { anchors: await anchorsOf(anchors), now });
  }
  const author = await keyOf('author');
  const { model } = SUITES.models.vectors[0]?.input as { model: { source: string } };
  await verifyModel(model, () => author);
  expect(model.source).toMatch(/^https:/);
  expect(fetched).not.toHaveBeenCalled();
});
