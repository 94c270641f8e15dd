import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REMOVABLE_CHECKS } from './checks.js';
import type { RemovableCheck } from './checks.js';
import { PUBLISHED_CHECKS } from './published-checks.js';
import { SESSION_HEADER_CHECKS } from './session-header-checks.js';
import { TOOLSET_CHECKS } from './toolset-checks.js';

type Attacks = Readonly<Record<string, () => Promise<void>>>;

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGE = join(HERE, '../../..');
let folder: string;

beforeAll(() => {
  // Inside the package, so that what is built there finds the package's dependencies.
  const cache = join(PACKAGE, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'checks-removed-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The attacks, built with one check taken out of the source, or with none. */
async function attacksWithout(check?: RemovableCheck): Promise<Attacks> {
  const outfile = join(folder, `${check === undefined ? 'complete' : check.check.replaceAll(/\W+/g, '-')}.mjs`);
  await build({
    entryPoints: [join(HERE, 'all-attacks.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    external: ['vitest', '@mcps/crypto'],
    logLevel: 'silent',
    plugins: check === undefined ? [] : [removal(check)],
  });
  const built = (await import(pathToFileURL(outfile).href)) as { ALL_ATTACKS: Attacks };
  return built.ALL_ATTACKS;
}

function removal({ file, find, replace }: RemovableCheck): Plugin {
  const path = join(PACKAGE, 'src', file);
  return {
    name: 'removal',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, (args) => {
        if (args.path !== path) return undefined;
        const source = readFileSync(path, 'utf8');
        const flexible = new RegExp(
          find
            .split(/\s+/)
            .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
            .join('\\s+'),
          'g',
        );
        const found = source.match(flexible)?.length ?? 0;
        if (found !== 1) throw new Error(`${file} has the text of the check ${String(found)} times`);
        return { contents: source.replace(flexible, () => replace), loader: 'ts' };
      });
    },
  };
}

async function succeeds(attack: (() => Promise<void>) | undefined): Promise<boolean> {
  if (attack === undefined) throw new Error('There is no attack of that title');
  try {
    await attack();
    return false;
  } catch (error) {
    // What the attack found is an assertion of its own; any other error would prove nothing about the check.
    if (!(error instanceof Error && error.name === 'AssertionError')) throw error;
    return true;
  }
}

describe('with every check in place', () => {
  it('no attack gets through', async () => {
    const attacks = await attacksWithout();
    for (const [title, attack] of Object.entries(attacks)) expect(await succeeds(attack), title).toBe(false);
  });
});

describe('with one check taken out, the attack that it stops gets through', () => {
  for (const check of [...REMOVABLE_CHECKS, ...PUBLISHED_CHECKS, ...TOOLSET_CHECKS, ...SESSION_HEADER_CHECKS]) {
    it(check.check, async () => {
      const attacks = await attacksWithout(check);
      for (const title of check.attacks) expect(await succeeds(attacks[title]), title).toBe(true);
    });
  }
});
