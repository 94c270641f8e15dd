import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { root } from '../lib/root.mjs';

// The files below do not exist, so there are no types for them: only the rules that need none run here.
const eslint = new ESLint({ cwd: root, overrideConfig: [/** @type {any} */ (tseslint.configs.disableTypeChecked)] });

/**
 * @param {string} path
 * @param {string} text
 * @returns {Promise<(string | null)[]>} the rules that report something
 */
async function rulesAgainst(path, text) {
  const [result] = await eslint.lintText(text, { filePath: join(root, path) });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

describe('the repository configuration', () => {
  it.each([
    ['packages/crypto/src/new.ts', `export * from '@mcps/protocol';`],
    ['packages/crypto/src/new.ts', `import { x } from 'jose';\nexport const y = x;`],
    ['packages/crypto/src/new.ts', `import { readFileSync } from 'node:fs';\nexport const y = readFileSync;`],
    ['packages/crypto/src/new.ts', `export const y = import('node:fs');`],
    ['packages/protocol/src/new.ts', `import type { A } from '@mcps/sdk-adapter';\nexport type B = A;`],
    ['packages/protocol/src/new.ts', `export type B = import('@mcps/sdk-adapter').A;`],
  ])('reports an import against the layers in %s: %s', async (path, text) => {
    expect(await rulesAgainst(path, text)).toContain('mcps/layers');
  });

  it.each([
    ['packages/protocol/src/new.ts', `export { x } from '@mcps/crypto';\n`],
    ['packages/crypto/src/platform/node/new.ts', `export { readFileSync } from 'node:fs';\n`],
    ['apps/demo/src/new.ts', `export { x } from '@mcps/sdk-adapter';\n`],
  ])('accepts an import along the layers in %s: %s', async (path, text) => {
    expect(await rulesAgainst(path, text)).toEqual([]);
  });

  it.each([
    ['no-console', `console.log('x');`],
    ['no-restricted-syntax', `export default 1;`],
    ['no-restricted-syntax', `export const x = 1;\nexport const y = (x as unknown) as string;`],
    ['no-restricted-globals', `export const x = Buffer.from('x');`],
    ['max-lines', Array.from({ length: 301 }, (_, n) => `export const x${n} = ${n};`).join('\n')],
    ['@typescript-eslint/no-explicit-any', `export const x: any = 1;`],
    ['@typescript-eslint/ban-ts-comment', `// @ts-ignore\nexport const x = 1;`],
    ['@typescript-eslint/consistent-type-imports', `import { A } from './a.js';\nexport type B = A;`],
    ['mcps/non-null', `export const f = (x?: string) => x!;`],
  ])('has %s on in the sources', async (rule, text) => {
    expect(await rulesAgainst('packages/crypto/src/new.ts', text)).toContain(rule);
  });

  it('does not count comments and blank lines', async () => {
    const text = `${'\n// A line.\n'.repeat(200)}\nexport const x = 1;\n`;
    expect(await rulesAgainst('packages/crypto/src/new.ts', text)).toEqual([]);
  });

  it('lets an element of a typed array be asserted, and nothing else', async () => {
    const path = join(root, 'packages/crypto/src/error.ts');
    /** @param {string} type */
    const rules = async (type) => {
      const text = `export const f = (list: ${type}, index: number) => list[index]!;\n`;
      const [result] = await new ESLint({ cwd: root }).lintText(text, { filePath: path });
      return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
    };
    expect(await rules('Uint32Array')).toEqual([]);
    expect(await rules('readonly string[]')).toEqual(['mcps/non-null']);
  });

  it('has the rules against forgotten promises on, with types', async () => {
    const path = join(root, 'packages/crypto/src/error.ts');
    expect(existsSync(path)).toBe(true);
    const text = `async function verify(): Promise<boolean> { await Promise.resolve(); return false; }
      export function forgotten(): void { verify(); }
      export function misused(): number { if (verify()) return 1; return 2; }
      export function loose(text: string): number { return text ? 1 : 2; }`;
    const [result] = await new ESLint({ cwd: root }).lintText(text, { filePath: path });
    const rules = (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
    expect(rules).toContain('@typescript-eslint/no-floating-promises');
    expect(rules).toContain('@typescript-eslint/no-misused-promises');
    expect(rules).toContain('@typescript-eslint/strict-boolean-expressions');
  });
});
