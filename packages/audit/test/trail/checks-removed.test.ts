import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { WRITER, writeTrail } from '../support/trail.js';
import { ATTACKS } from './attacks.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE = readFileSync(join(HERE, '../../src/verify/trail-walk.ts'), 'utf8');
const at = temporaryFolder();

/** Each check of a line, what it is replaced by, the attack that it holds off, and what then becomes of that: `accepted`, or the code of a check behind it. */
const CHECKS: readonly [check: string, replacement: string, attack: keyof typeof ATTACKS, outcome: string][] = [
  ["if (line.hash !== hashOf(line)) return 'hash_mismatch';", '', 'an entry is changed', 'accepted'],
  [
    "return prev === before.hash ? undefined : 'chain_broken';",
    'return undefined;',
    'an entry is changed, and its hash',
    'accepted',
  ],
  [
    "? undefined\n      : 'checkpoint_signature_invalid'",
    '? undefined : undefined',
    'an entry is changed, and all hashes after it',
    'accepted',
  ],
  [
    "? undefined\n      : 'checkpoint_signature_invalid'",
    '? undefined : undefined',
    'an entry is deleted, and the rest chained anew',
    'accepted',
  ],
  [
    "? undefined\n      : 'checkpoint_signature_invalid'",
    '? undefined : undefined',
    'an entry is inserted, and the rest chained anew',
    'accepted',
  ],
  [
    "? undefined\n      : 'checkpoint_signature_invalid'",
    '? undefined : undefined',
    'a checkpoint is replayed in another place',
    'accepted',
  ],
  [', { requireLowS: true }', '', 'the last signature is given its other form', 'accepted'],
  [
    "if (key === undefined) return 'checkpoint_key_unknown';",
    'if (key === undefined) return undefined;',
    'somebody else signs a trail',
    'accepted',
  ],
  ["if (seq !== before.seq + 1) return 'sequence_gap';", '', 'an entry is deleted', 'chain_broken'],
  ["if (seq <= before.seq) return 'sequence_repeated';", '', 'an entry is repeated', 'sequence_gap'],
  [
    "if (trail !== before.trail) return 'trail_changed';",
    '',
    'a file of another trail is put behind it',
    'sequence_repeated',
  ],
  [
    "if (trail !== head.trail) return 'trail_changed';",
    '',
    'another trail of the same writer takes its place',
    'head_mismatch',
  ],
  [
    "if (isFirstOfFile && kind === undefined) return 'checkpoint_missing';",
    '',
    'the oldest file loses its beginning',
    'accepted',
  ],
  [
    "return isBeginning && kind !== 'open' ? 'checkpoint_missing' : undefined;",
    'return undefined;',
    'entries are added behind the end',
    'accepted',
  ],
  [
    "return seq === head.seq && hash !== head.hash ? 'head_mismatch' : undefined;",
    'return undefined;',
    'the end is cut, and made anew without the key',
    'accepted',
  ],
  [
    "if (this.#last.seq < this.#expectedHead.seq) return 'truncated';",
    '',
    'the end is cut at a checkpoint',
    'accepted',
  ],
  [
    "? 'head_before_start' : undefined",
    '? undefined : undefined',
    'the files before a head are deleted, and the head is older',
    'accepted',
  ],
];

describe('a check that is taken out lets its attack through', () => {
  let folder: string | undefined;

  afterEach(() => {
    vi.doUnmock('../../src/verify/trail-walk.js');
    vi.resetModules();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it.each(CHECKS)('%s', async (check, replacement, name, outcome) => {
    expect(SOURCE.split(check)).toHaveLength(2);
    folder = mkdtempSync(join(HERE, '.mutant-'));
    const file = join(folder, 'trail-walk.ts');
    const mutant = SOURCE.replace(check, replacement).replaceAll("'../trail/", "'../../../src/trail/");
    writeFileSync(file, mutant.replaceAll("'./trail-error", "'../../../src/verify/trail-error"));
    vi.resetModules();
    vi.doMock('../../src/verify/trail-walk.js', () => import(/* @vite-ignore */ file));
    const { verifyAuditTrail } = await import('../../src/verify/verify-audit-trail.js');

    // Modules are loaded anew, so the key is imported anew as well.
    const { importPublicKeySync } = await import('@mcps/crypto/node');
    const key = importPublicKeySync({ ...WRITER.publicKey.jwk });

    const path = at('trail.jsonl');
    const { run, options } = ATTACKS[name]!;
    const heads = await writeTrail(path, options);
    const { paths = path, expectedHead } = (await run(path, heads)) ?? {};
    const given = { keys: [key], ...(expectedHead === undefined ? {} : { expectedHead }) };
    const became: unknown = await verifyAuditTrail(paths, given).then(
      () => 'accepted',
      (error: unknown) => (error as { code: string }).code,
    );
    expect(became).toBe(outcome);
  });
});
