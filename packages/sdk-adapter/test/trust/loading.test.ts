import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** An entry of the built package, and every chunk of it that is loaded along with it. */
async function withChunks(file: string, seen = new Set<string>()): Promise<string> {
  if (seen.has(file)) return '';
  seen.add(file);
  const text = await readFile(path(`../../dist/${file}`), 'utf8');
  const chunks = [...text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)].map(([, chunk]) =>
    withChunks(chunk ?? '', seen),
  );
  return [text, ...(await Promise.all(chunks))].join('\n');
}

describe('the client of authorities', () => {
  it('is loaded once an authority is named, and in CommonJS as the same kind of module as the layers below', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [path('../fixtures/loaded-modules.cjs')]);
    expect(JSON.parse(stdout)).toEqual({ before: 0, fault: 'TrustClientError', after: 1 });
  });

  it.each(['index', 'http', 'streams', 'express', 'fastify', 'hono'])(
    'is not imported by the entry "%s"',
    async (entry) => {
      const text = await withChunks(`${entry}.js`);
      expect(text).toContain('import("@mcps/trust-client")');
      expect(text).not.toMatch(/(?:from|import)\s*"@mcps\/trust-client"/);
    },
  );
});
