import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { MANIFEST, SUITES, TEST_KEYS, decodeTagged } from '../src/index.js';

const ROOT = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const suites = Object.values(SUITES);
const all = suites.flatMap(({ vectors }) => vectors);

describe('the vectors', () => {
  it('are more than 400, and more are rejected than accepted', () => {
    expect(all.length).toBeGreaterThanOrEqual(400);
    const rejected = all.filter(({ expect: { outcome } }) => outcome === 'reject').length;
    expect(rejected).toBeGreaterThan(all.length - rejected);
  });

  it('have ids that are never used twice, and begin with the name of their suite', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { suite, vectors } of suites)
      for (const { id } of vectors) expect(id.startsWith(`${suite}/`)).toBe(true);
  });

  it('differ in what they put to an implementation', () => {
    for (const { suite, vectors } of suites) {
      const inputs = new Set(vectors.map(({ input }) => JSON.stringify(input)));
      expect(inputs.size, suite).toBe(vectors.length);
    }
  });

  it('guard rules that differ', () => {
    for (const { suite, vectors } of suites) {
      const twice = vectors.map(({ rule }) => rule).filter((rule, index, rules) => rules.indexOf(rule) !== index);
      expect(twice, suite).toEqual([]);
    }
  });
});

describe('the documents', () => {
  it('have the section of the specification that each suite names', () => {
    for (const { suite, spec } of suites) {
      const [file = '', section = ''] = spec.split('#');
      expect(read(`../docs/spec/${file}`), suite).toContain(`<a id="${section}"></a>`);
    }
  });

  it('count the vectors of every suite', () => {
    const rows = [...read('README.md').matchAll(/\| `([\w-]+)` +\| (\d+) +\| (\d+) +(?=\|)/g)];
    const table = rows.map(([, suite = '', accept, reject]) => ({
      suite,
      accept: Number(accept),
      reject: Number(reject),
    }));
    const counts = MANIFEST.suites.map(({ suite, accept, reject }) => ({ suite, accept, reject }));
    const bySuite = (a: { suite: string }, b: { suite: string }): number => (a.suite < b.suite ? -1 : 1);
    expect(table.sort(bySuite)).toEqual(counts.sort(bySuite));
  });

  it('say which suites an implementation has to pass', () => {
    const [, conformance = ''] = read('../docs/spec/mcps-1.0.md').split('<a id="conformance">');
    const named = [...conformance.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
    expect(named.filter((name) => name !== 'description' && name !== 'input' && name !== 'expect').sort()).toEqual(
      suites.map(({ suite }) => suite).sort(),
    );
  });
});

describe('the files', () => {
  const files = readdirSync(new URL('suites/', ROOT)).sort();

  it('are all in the manifest, with their counts and digests', () => {
    expect(MANIFEST.suites.map(({ file }) => file)).toEqual(files.map((file) => `suites/${file}`));
    for (const { suite, file, accept, reject, sha256 } of MANIFEST.suites) {
      expect(createHash('sha256').update(read(file)).digest('hex'), file).toBe(sha256);
      const { vectors } = SUITES[suite as keyof typeof SUITES];
      const accepted = vectors.filter(({ expect: { outcome } }) => outcome === 'accept').length;
      expect([accepted, vectors.length - accepted]).toEqual([accept, reject]);
    }
    expect([MANIFEST.total, MANIFEST.accept + MANIFEST.reject]).toEqual([all.length, all.length]);
  });

  it.each(files)('%s follows its schema', (file) => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
    const validate = ajv.compile(JSON.parse(read(`schema/${file.replace('.json', '.schema.json')}`)) as object);
    expect(validate(JSON.parse(read(`suites/${file}`))), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(files)('%s can be read by parsers that take no half of a surrogate pair', (file) => {
    // JSON.stringify escapes nothing from U+0080 on but these.
    expect(JSON.stringify(JSON.parse(read(`suites/${file}`)))).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/);
  });

  it('are refused by their schema once a vector has lost its rule', () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false });
    const validate = ajv.compile(JSON.parse(read('schema/envelopes.schema.json')) as object);
    const document = JSON.parse(read('suites/envelopes.json')) as { vectors: { rule?: string }[] };
    delete document.vectors[0]?.rule;
    expect(validate(document)).toBe(false);
  });
});

describe('the keys', () => {
  it('say that they are test keys', () => {
    expect((JSON.parse(read('keys.json')) as { warning: string }).warning).toContain('TEST KEYS - NEVER USE');
  });

  it('have the thumbprints that are given', () => {
    for (const { publicJwk, thumbprint } of Object.values(TEST_KEYS)) {
      const { crv, kty, x, y } = publicJwk;
      const digest = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
      expect(digest).toBe(thumbprint);
    }
  });
});

describe('tagged values', () => {
  it('stand for what JSON cannot write', () => {
    expect(decodeTagged({ a: { $number: '-0' }, b: [{ $undefined: true }] })).toEqual({ a: -0, b: [undefined] });
    expect(decodeTagged({ $utf16: ['d800'] })).toBe('\ud800');
    expect(Object.keys(decodeTagged({ $entries: [['__proto__', 1]] }) as object)).toEqual(['__proto__']);
  });
});
