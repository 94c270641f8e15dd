import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

describe('the client of authorities', () => {
  it('is loaded once an authority is named, and in CommonJS as the same kind of module as the layers below', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [path('../fixtures/loaded-modules.cjs')]);
    expect(JSON.parse(stdout)).toEqual({ before: 0, fault: 'TrustClientError', after: 1 });
  });

  it('is not imported by the entry of the package', async () => {
    const text = await readFile(path('../../dist/index.js'), 'utf8');
    expect(text).toContain('import("@mcps/trust-client")');
    expect(text).not.toMatch(/(?:from|import)\s*"@mcps\/trust-client"/);
  });
});
