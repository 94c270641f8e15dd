import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const preload = fileURLToPath(new URL('../loader/preload.mjs', import.meta.url));

function addressOf(listen: string): unknown {
  const program = `
    const server = require('node:net').createServer();
    ${listen};
    server.on('listening', () => { console.log(JSON.stringify(server.address())); server.close(); });`;
  return JSON.parse(execFileSync(process.execPath, ['--import', preload, '-e', program], { encoding: 'utf8' }));
}

describe('the servers that the suite starts', () => {
  it.each(['server.listen(0)', 'server.listen(0, () => {})', 'server.listen({ port: 0 })', 'server.listen()'])(
    '%s is bound to 127.0.0.1',
    (listen) => {
      expect(addressOf(listen)).toMatchObject({ address: '127.0.0.1', family: 'IPv4' });
    },
  );

  it('know their port at once, as without', () => {
    const program = `console.log(require('node:net').createServer().listen(0).address().port); process.exit()`;
    const port = execFileSync(process.execPath, ['--import', preload, '-e', program], { encoding: 'utf8' });
    expect(Number(port)).toBeGreaterThan(0);
  });
});
