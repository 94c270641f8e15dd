// node vectors/make/make.mjs: writes keys.json, suites/*.json, schema/*.json, manifest.json, the table in README.md, and the worked
// examples of the specification.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { writeExamples } from './examples.mjs';
import { saveSignatures } from './signatures.mjs';

const ROOT = new URL('../', import.meta.url);
mkdirSync(new URL('suites/', ROOT), { recursive: true });
mkdirSync(new URL('schema/', ROOT), { recursive: true });

const files = readdirSync(new URL('suites/', import.meta.url))
  .filter((name) => name.endsWith('.mjs'))
  .sort();
const suites = [];
for (const file of files) {
  const { default: suite } = await import(new URL(`suites/${file}`, import.meta.url));
  suites.push(suite);
}

const manifest = { version: '1.0', total: 0, accept: 0, reject: 0, suites: [] };
for (const suite of suites) {
  const { slug, layer, spec, description, vectors } = suite;
  const text = `${JSON.stringify({ $schema: `../schema/${slug}.schema.json`, suite: slug, layer, spec, description, vectors }, null, 1)}\n`;
  writeFileSync(new URL(`suites/${slug}.json`, ROOT), text);
  writeFileSync(new URL(`schema/${slug}.schema.json`, ROOT), `${JSON.stringify(schemaOf(suite), null, 2)}\n`);
  const accept = vectors.filter(({ expect }) => expect.outcome === 'accept').length;
  const reject = vectors.length - accept;
  manifest.suites.push({
    suite: slug,
    layer,
    file: `suites/${slug}.json`,
    accept,
    reject,
    sha256: createHash('sha256').update(text).digest('hex'),
  });
  manifest.total += vectors.length;
  manifest.accept += accept;
  manifest.reject += reject;
}
writeFileSync(new URL('manifest.json', ROOT), `${JSON.stringify(manifest, null, 2)}\n`);
await writeExamples();
await writeTable(manifest.suites);
saveSignatures();
console.log(
  `${manifest.total} vectors in ${suites.length} suites: ${manifest.accept} to accept, ${manifest.reject} to reject`,
);

function schemaOf({ slug, layer, description, input, definitions }) {
  const reject =
    layer === 'crypto' || layer === 'audit'
      ? {
          required: ['outcome', 'code'],
          properties: {
            outcome: { const: 'reject' },
            code: { type: 'string', pattern: '^[a-z0-9_]+$' },
            ...(layer === 'audit' ? { place: { type: 'object' } } : {}),
          },
          additionalProperties: false,
        }
      : {
          required: ['outcome', 'code', 'reason'],
          properties: {
            outcome: { const: 'reject' },
            code: { type: 'string', pattern: '^MCPS-0(0[1-9]|1[0-5])$' },
            reason: { type: 'string', pattern: '^[a-z_]+$' },
            step: { type: 'integer' },
          },
          additionalProperties: false,
        };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `MCPS 1.0 conformance vectors: ${slug}`,
    description,
    type: 'object',
    required: ['suite', 'layer', 'spec', 'description', 'vectors'],
    properties: {
      $schema: { type: 'string' },
      suite: { const: slug },
      layer: { const: layer },
      spec: { type: 'string' },
      description: { type: 'string' },
      vectors: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['id', 'title', 'rule', 'input', 'expect'],
          properties: {
            id: { type: 'string', pattern: `^${slug}/[a-z0-9-]+$` },
            title: { type: 'string', minLength: 1 },
            rule: { type: 'string', minLength: 1 },
            input: { type: 'object', ...input },
            expect: {
              anyOf: [
                { type: 'object', required: ['outcome'], properties: { outcome: { const: 'accept' } } },
                { type: 'object', ...reject },
              ],
            },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
    ...(definitions === undefined ? {} : { $defs: definitions }),
  };
}

/** The counts of the suites, two beside one another, in README.md. */
async function writeTable(entries) {
  const file = new URL('README.md', ROOT);
  const half = Math.ceil(entries.length / 2);
  const cells = (entry) => (entry === undefined ? '| | |' : `| \`${entry.suite}\` | ${entry.accept} | ${entry.reject}`);
  const rows = entries.slice(0, half).map((entry, index) => `${cells(entry)} ${cells(entries[half + index])} |`);
  const table = ['| Suite | Accept | Reject | Suite | Accept | Reject |', `|${' --- |'.repeat(6)}`, ...rows].join('\n');
  const text = readFileSync(file, 'utf8').replace(/\| Suite [^]*?\n(?=\n)/, `${table}\n`);
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}
