import { describe, expect, it } from 'vitest';
import { proofFaults, proofRows } from '../check-proofs.mjs';
import { projectFiles } from '../lib/files.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

const TEST = 'packages/protocol/test/attacks.test.ts';
const REASON = '| nonce | MCPS-005 | `nonce_repeated` |\n';

/** @param {string} proof @param {Record<string, string>} [more] */
async function faults(proof, more = {}) {
  const root = temporaryRepository({
    'docs/threat-model.md': `# Threats\n\n| Attack | Proof |\n| --- | --- |\n| replay | ${proof} |\n`,
    'docs/owasp.md': '# Risks\n',
    'docs/spec/mcps-1.0.md': REASON,
    'vectors/suites/replay.json':
      '{ "vectors": [{ "id": "replay/repeated", "expect": { "reason": "nonce_repeated" } }] }',
    [TEST]: "it('replays a call', () => {});",
    ...more,
  });
  return proofFaults(root, await projectFiles(root));
}

describe('proofs', () => {
  it.each(['`replay/repeated`', `[replays a call](../${TEST})`])('may be %s', async (proof) => {
    expect(await faults(proof)).toEqual([]);
  });

  it.each([
    ['`replay/forgotten`', 'there is no vector replay/forgotten'],
    ['`other/repeated`', 'there is no vector other/repeated'],
    [`[replays an answer](../${TEST})`, `${TEST} has no test "replays an answer"`],
    ['[replays a call](../packages/protocol/src/a.ts)', '../packages/protocol/src/a.ts is no file of tests'],
    ['tested thoroughly', 'the row has no proof'],
  ])('may not be %s', async (proof, fault) => {
    expect(await faults(proof)).toEqual([`docs/threat-model.md:5: ${fault}`]);
  });

  it('are asked of every document that claims some', async () => {
    const owasp = { 'docs/owasp.md': '| Risk | Proof |\n| --- | --- |\n| MCP01 | certainly |\n' };
    expect(await faults('`replay/repeated`', owasp)).toEqual(['docs/owasp.md:3: the row has no proof']);
  });

  it('are looked for in tables that have a column for them', () => {
    const table = '| Attack | Proof |\n|---|---|\n| a | b |\n\n| Attack | Why |\n|---|---|\n| c | d |\n';
    expect(proofRows(table)).toEqual([{ line: 3, proof: ' b ' }]);
  });
});

describe('reasons', () => {
  const unproved = { 'vectors/suites/replay.json': '{ "vectors": [{ "id": "replay/repeated" }] }' };

  it('may be named by a test in place of a vector', async () => {
    const named = { ...unproved, 'packages/protocol/test/replay.test.ts': "expect(reason).toBe('nonce_repeated');" };
    expect(await faults('`replay/repeated`', named)).toEqual([]);
  });

  it('must be what something ends in', async () => {
    expect(await faults('`replay/repeated`', unproved)).toEqual([
      'docs/spec/mcps-1.0.md: no vector and no test ends in the reason nonce_repeated',
    ]);
  });
});
