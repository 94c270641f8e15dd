import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExampleFolder, examplesOf, printedBy } from './examples.js';

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const OPTIONS = ['--strict', '--target', 'es2022', '--types', 'node', '--module', 'nodenext', '--skipLibCheck'];

describe.each(['express', 'fastify', 'hono'])('the page of %s', (framework) => {
  let folder: ExampleFolder;

  beforeEach(async () => {
    folder = new ExampleFolder();
    folder.write('setup.mjs', examplesOf('README.md').get('setup.mjs') ?? '');
    await folder.run(['setup.mjs']);
  });

  afterEach(() => {
    folder.remove();
  });

  it('is strict TypeScript, and its client calls its server', async () => {
    const examples = examplesOf(`docs/frameworks/${framework}.md`);
    expect([...examples.keys()]).toEqual(['server.mts', 'client.mts']);
    const port = String(await freePort());
    for (const [file, source] of examples) {
      expect(source).toContain('3000');
      folder.write(file, source.replaceAll('3000', port));
    }
    expect(await folder.run([TSC, ...OPTIONS, ...examples.keys()])).toEqual({ code: 0, stdout: '', stderr: '' });
    const server = folder.start(['server.mjs']);
    try {
      await server.printed('listening');
      const called = await folder.run(['client.mjs']);
      expect(called).toEqual({ code: 0, stdout: printedBy(examples.get('client.mts') ?? ''), stderr: '' });
      expect(called.stdout).toContain('agent');
    } finally {
      server.stop();
      await server.ended;
    }
  }, 300_000);
});

/** A port that nobody listens at now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
