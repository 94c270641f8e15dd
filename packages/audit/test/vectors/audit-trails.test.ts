import { readFileSync, writeFileSync } from 'node:fs';
import { importPublicKey } from '@mcps/crypto';
import { SUITES, TEST_KEYS } from '@mcps/vectors';
import { describe, expect, it } from 'vitest';
import { AuditTrailError, verifyAuditTrail } from '../../src/index.js';
import type { TrailHead } from '../../src/index.js';
import { temporaryFolder } from '../support/folder.js';

interface TrailInput {
  readonly files: readonly string[];
  readonly keys: readonly string[];
  readonly expectedHead?: TrailHead;
}

const at = temporaryFolder();

async function outcomeOf({ files, keys, expectedHead }: TrailInput): Promise<object> {
  const paths = files.map((text, index) => {
    writeFileSync(at(`trail.${index}`), text);
    return at(`trail.${index}`);
  });
  const imported = await Promise.all(
    keys.map((name) => importPublicKey({ ...TEST_KEYS[name]!.publicJwk, kty: 'EC', crv: 'P-256' })),
  );
  const given = { keys: imported, allowTestKeys: true, ...(expectedHead === undefined ? {} : { expectedHead }) };
  try {
    return { outcome: 'accept', ...(await verifyAuditTrail(paths, given)) };
  } catch (error) {
    if (!(error instanceof AuditTrailError)) throw error;
    const { code, file, line } = error;
    const place = file === undefined ? {} : { place: { file: paths.indexOf(file), line } };
    return { outcome: 'reject', code, ...place };
  }
}

describe('vectors: audit-trails', () => {
  for (const { id, title, input, expect: expected } of SUITES['audit-trails'].vectors) {
    it(`${id}: ${title}`, async () => {
      expect(await outcomeOf(input as unknown as TrailInput)).toEqual(expected);
    });
  }

  it('are all that the layer has', () => {
    const own = Object.values(SUITES).filter(({ layer }) => layer === 'audit');
    expect(own.map(({ suite }) => suite)).toEqual(['audit-trails']);
  });

  it('refuses the published keys where they are not asked for', async () => {
    const key = await importPublicKey({ ...TEST_KEYS['author']!.publicJwk, kty: 'EC', crv: 'P-256' });
    await expect(verifyAuditTrail('x', { keys: [key] })).rejects.toMatchObject({ code: 'test_key_refused' });
    await expect(verifyAuditTrail('x', { keys: [] })).rejects.toMatchObject({ code: 'option_invalid' });
  });
});

it('the worked example of the specification is the vector that it names', () => {
  const page = readFileSync(new URL('../../../../docs/spec/audit-1.0.md', import.meta.url), 'utf8');
  const vector = SUITES['audit-trails'].vectors.find(({ id }) => id === 'audit-trails/whole');
  const [file = ''] = (vector?.input as unknown as TrailInput).files;
  const printed = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => text.trimEnd());
  const lines = file.split('\n');
  expect(printed).toEqual([lines[0], lines[1]]);
});
