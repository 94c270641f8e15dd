import { describe, expect, it } from 'vitest';
import { hygieneFaults } from '../check-hygiene.mjs';
import { projectFiles } from '../lib/files.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

/** @param {Record<string, string>} files */
async function faults(files) {
  const root = temporaryRepository(files);
  return hygieneFaults(root, await projectFiles(root));
}

// Put together here, so that this file passes the check that it tests.
const slash = '/';
const dashes = '-'.repeat(5);
const pem = `${dashes}BEGIN PRIVATE KEY${dashes}\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49\n${dashes}END PRIVATE KEY${dashes}\n`;
const jwk = JSON.stringify({ kty: 'EC', crv: 'P-256', ['d']: 'A'.repeat(43) });

describe('hosts and paths', () => {
  it.each([
    `https:${slash}${slash}registry.npmjs${'.'}org/x`,
    `resolved "registry.yarnpkg${'.'}com"`,
    `https:${slash}${slash}acme.jfrog${'.'}io/api/npm`,
    `see ${slash}work${slash}main`,
    `"${slash}root${slash}.cache"`,
    `cd ${slash}root`,
    `${slash}home${slash}somebody${slash}src`,
    `${slash}Users${slash}somebody`,
    `C:${'\\'}Users${'\\'}x`,
  ])('reports %s', async (text) => {
    expect(await faults({ 'a.md': `one\n${text}\n` })).toEqual([expect.stringMatching(/^a\.md:2: names a/)]);
  });

  it.each([
    'https://example.com/work/x',
    '../root/x',
    'src/home/page',
    '/rooted',
    '/workers',
    'the npm registry',
    '/usr/bin',
  ])('accepts %s', async (text) => {
    expect(await faults({ 'a.md': text })).toEqual([]);
  });
});

describe('private keys', () => {
  it.each([
    ['PEM', pem],
    ['PEM in a string', JSON.stringify({ key: pem })],
    ['SEC1 PEM', pem.replaceAll('PRIVATE', 'EC PRIVATE')],
    ['JWK', jwk],
    ['JWK in code', `const key = { kty: 'EC', d${':'} '${'A'.repeat(43)}' };`],
  ])('reports one in the form of %s, without repeating it', async (_form, text) => {
    const found = await faults({ 'packages/x/src/key.ts': text });
    expect(found).toEqual([expect.stringContaining('holds a private key')]);
    expect(found.join()).not.toMatch(/MIGH|AAAA/);
  });

  it('allows them among the vectors and among marked test keys', async () => {
    expect(
      await faults({
        'vectors/keys/a.pem': pem,
        'packages/x/test/keys/a.jwk.json': jwk,
        'packages/x/test/keys/TEST-KEYS.md': 'Made for tests.',
      }),
    ).toEqual([]);
  });

  it('takes no mark outside the tests, and none of another folder', async () => {
    expect(await faults({ 'packages/x/src/a.pem': pem, 'packages/x/src/TEST-KEYS.md': '' })).toHaveLength(1);
    expect(await faults({ 'packages/x/test/a.pem': pem, 'packages/x/test/keys/TEST-KEYS.md': '' })).toHaveLength(1);
  });

  it('is not alarmed by public keys and by the word', async () => {
    expect(await faults({ 'a.ts': `if (text.startsWith('${dashes}BEGIN PRIVATE KEY${dashes}')) read(text);` })).toEqual(
      [],
    );
    expect(await faults({ 'a.pem': pem.replaceAll('PRIVATE', 'PUBLIC') })).toEqual([]);
  });
});
