import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MCPS, Workspace } from '../support/mcps.js';
import { Running, freePort, programOf, reachable } from '../support/programs.js';

let work: Workspace;
let everything: string[];
let wrapped: string[];

beforeAll(async () => {
  work = new Workspace();
  await work.json(['init']);
  await work.json(['init', 'strangers']);
  everything = [process.execPath, programOf('@modelcontextprotocol/server-everything'), 'stdio'];
  wrapped = [process.execPath, MCPS, 'wrap', '--identity', work.file('mcps/server.json'), '--', ...everything];
});
afterAll(() => work.remove());

const agent = ['--identity', 'mcps/agent.json'];

describe('mcps inspect', () => {
  it('tells who a secured server is, its level, and that its tools are signed', async () => {
    const { code, stdout } = await work.run(['inspect', ...agent, '--json', '--', ...wrapped]);
    expect(code).toBe(0);
    const { secured, peer, tools, refusedTools } = JSON.parse(stdout);
    const { passport_id: passportId } = work.readJson('mcps/server.json').passport;
    expect(secured).toBe(true);
    expect(peer).toMatchObject({ passportId, level: 1, issuer: 'local-authority', agent: { name: 'server' } });
    expect(tools.length).toBeGreaterThan(8);
    for (const tool of tools) expect(tool).toMatchObject({ signature: 'verified', signedBy: passportId });
    expect(refusedTools).toEqual([]);
  });

  it('says of a plain server that nothing is verified', async () => {
    const { code, stdout } = await work.run(['inspect', '--', ...everything]);
    expect(code).toBe(0);
    expect(stdout).toContain('not spoken: nothing of this is verified');
    expect(stdout).toMatch(/^echo +none +[0-9a-f]{16}$/m);
  });

  it('refuses a plain server where an identity is given, and one that it has no reason to believe', async () => {
    const plain = await work.run(['inspect', ...agent, '--', ...everything]);
    expect(plain.code).toBe(1);
    expect(plain.stderr).toContain('MCPS-004');
    const stranger = await work.run(['inspect', '--identity', 'strangers/agent.json', '--', ...wrapped]);
    expect(stranger.code).toBe(1);
    expect(stranger.stdout).toBe('');
  });

  it('asks over HTTP as well, and says where nobody answers', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/mcp`;
    const plain = Running.start([everything[1]!, 'streamableHttp'], { PORT: String(port) });
    try {
      await reachable(url);
      expect((await work.json(['inspect', url])).tools.length).toBeGreaterThan(8);
    } finally {
      await plain.stop('SIGKILL');
    }
    expect(await work.failure(['inspect', 'http://127.0.0.1:9/mcp'])).toMatchObject({ exit: 3, reason: 'unreachable' });
    expect(await work.run(['inspect', '--', 'no-such-command'])).toMatchObject({ code: 127 });
    expect(await work.failure(['inspect'])).toMatchObject({ exit: 2, reason: 'server_missing' });
    expect(await work.failure(['inspect', 'http://user:pw@127.0.0.1/'])).toMatchObject({
      exit: 2,
      reason: 'url_invalid',
    });
  });
});

describe('mcps doctor', () => {
  it('finds nothing wrong with what init has made', async () => {
    expect(await work.json(['doctor', ...agent])).toMatchObject({ healthy: true });
  });

  it('finds keys that others can read, keys of somebody else, and passports that expire', async () => {
    const identity = work.readJson('mcps/agent.json');
    work.write('open.json', identity, 0o644);
    work.write('mixed.json', { ...identity, privateKey: work.readJson('mcps/server.json').privateKey }, 0o600);
    await work.json(['init', 'short', '--ttl', '1h']);
    const doctor = async (file: string) => {
      const { code, stdout } = await work.run(['doctor', '--identity', file, '--json']);
      return { code, text: JSON.stringify(JSON.parse(stdout).checks.filter(({ state }: any) => state !== 'ok')) };
    };
    const open = await doctor('open.json');
    expect(open.code).toBe(1);
    expect(open.text).toContain('chmod 600');
    expect((await doctor('mixed.json')).text).toContain('not that of the passport');
    const short = await doctor('short/agent.json');
    expect(short.code).toBe(0);
    expect(short.text).toContain('expiry of asp_');
    expect((await work.run(['doctor', '--trust-authority', 'http://127.0.0.1:9'])).code).toBe(3);
  });
});

describe('mcps completion', () => {
  it.each(['bash', 'zsh', 'fish'])('knows every command and option, for %s', async (shell) => {
    const { stdout } = await work.run(['completion', shell]);
    for (const word of ['passport', 'revoke', 'connect', 'passphrase-file', 'min-trust-level'])
      expect(stdout).toContain(word);
  });

  it('refuses another shell', async () => {
    expect(await work.failure(['completion', 'tcsh'])).toMatchObject({ exit: 2 });
  });
});
