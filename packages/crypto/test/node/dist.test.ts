import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import * as entry from '#crypto';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const consumer = join(root, 'test', 'fixtures', 'consumer');

beforeAll(() => {
  if (!existsSync(join(root, 'dist', 'node.d.cts'))) throw new Error('build the package first: these tests load dist');
});

describe('the built package', () => {
  const scripts: [string, string][] = [
    ['esm.mjs', 'index.node.js'],
    ['cjs.cjs', 'index.node.cjs'],
    ['web.mjs', 'index.web.js'],
    ['web.cjs', 'index.web.cjs'],
  ];
  test.each(scripts)('%s', async (script, file) => {
    const { stdout } = await run(process.execPath, [join(consumer, script)]);
    const facts: { entry: string; exports: string[] } = JSON.parse(stdout);
    expect(facts.entry.endsWith(file)).toBe(true);
    expect(facts.exports.filter((name) => name !== '__esModule')).toEqual(Object.keys(entry).sort());
  });

  test('two copies in one process refuse each other’s keys', async () => {
    const { stdout } = await run(process.execPath, [join(consumer, 'both.mjs')]);
    expect(stdout).toContain('both');
  });

  test('the example of the README runs and says what it claims', async () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const example = readFileSync(join(consumer, 'readme.mjs'), 'utf8');
    expect(readme).toContain(`\`\`\`js\n${example}\`\`\``);
    const { stdout } = await run(process.execPath, [join(consumer, 'readme.mjs')]);
    const claims = [...example.matchAll(/\); \/\/ (\w+)$/gm)].map(([, claim]) => claim);
    expect(claims).toEqual(['true', 'false', 'true']);
    expect(stdout.trim().split('\n')).toEqual(claims);
  });

  test.each(['index.web.js', 'index.web.cjs'])('nothing that %s loads needs Node', (file) => {
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const code = readFileSync(path, 'utf8');
      for (const [, specifier] of code.matchAll(/(?:from\s*|import\s*|require\()["']([^"']+)["']/g)) {
        expect(specifier).toMatch(/^\.\//);
        visit(join(dirname(path), specifier!));
      }
      expect(code).not.toMatch(/\b(?:process|Buffer|setImmediate)\s*[.(]/);
    };
    visit(join(root, 'dist', file));
    expect(seen.size).toBeGreaterThan(1);
  });

  test('its types stand without those of the DOM and of Node, in ESM and in CommonJS', async () => {
    const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
    const { stdout } = await run(process.execPath, [tsc, '-p', consumer]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  });
});
