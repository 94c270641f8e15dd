import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TrustAuthority } from '../harness/trust-authority.js';
import { ExampleFolder, examplesOf, freePort, printedBy } from './examples.js';

const examples = examplesOf('packages/sdk-adapter/README.md');
const example = (file: string): string => examples.get(file) ?? '';

let folder: ExampleFolder;

beforeEach(() => {
  folder = new ExampleFolder();
});

afterEach(() => {
  folder.remove();
});

describe('with a Trust Authority', () => {
  const PRINTED_ADDRESS = 'http://127.0.0.1:8080';
  let authority: TrustAuthority;

  beforeAll(async () => {
    authority = await TrustAuthority.start();
  });

  afterAll(async () => {
    await authority.destroy();
  });

  async function enrol(name: string, token: string): Promise<void> {
    const enrolled = await folder.run(['enrol.mjs', authority.url, name], { ADMIN_TOKEN: token });
    expect(enrolled).toEqual({ code: 0, stdout: '', stderr: '' });
  }

  const passportOf = (file: string) =>
    (JSON.parse(folder.read(file)) as { passport: Parameters<TrustAuthority['revoke']>[0] }).passport;

  beforeEach(() => {
    folder.write('enrol.mjs', example('enrol.mjs'));
    expect(example('trusted.mjs').split(PRINTED_ADDRESS)).toHaveLength(3);
    folder.write('trusted.mjs', example('trusted.mjs').replaceAll(PRINTED_ADDRESS, authority.url));
  });

  it('the examples enrol two agents who reach level 2, until one is revoked', async () => {
    for (const name of ['server', 'agent']) await enrol(name, authority.adminToken);
    const accepted = await folder.run(['trusted.mjs']);
    expect(accepted).toMatchObject({ code: 0, stdout: printedBy(example('trusted.mjs')) });
    expect(accepted.stdout).toContain('agent, level 2');
    expect(accepted.stderr).toContain('MCPS_TRUST_PINNED');
    await authority.revoke(passportOf('agent.json'));
    const refused = await folder.run(['trusted.mjs']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('MCPS-003');
  });

  it('whoever enrols without a token gets level 1, and is refused where 2 is demanded', async () => {
    await enrol('server', authority.adminToken);
    folder.write('enrol.mjs', example('enrol.mjs').replace(/, authorization: .*? }/, ' }'));
    await enrol('agent', '');
    expect(passportOf('agent.json').trust_level).toBe(1);
    const refused = await folder.run(['trusted.mjs']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain("code: 'MCPS-009'");
    expect(refused.stderr).toContain('minTrustLevel: 2');
  });

  it('a token that does not count is said, and no file is written', async () => {
    const { code, stderr } = await folder.run(['enrol.mjs', authority.url, 'agent'], { ADMIN_TOKEN: 'x'.repeat(40) });
    expect(code).toBe(1);
    expect(stderr).toMatch(/api\/\w+: .*token/);
    expect(() => folder.read('agent.json')).toThrow('ENOENT');
  });
});

describe('with the identities of the first page', () => {
  beforeEach(async () => {
    folder.write('setup.mjs', examplesOf('README.md').get('setup.mjs') ?? '');
    await folder.run(['setup.mjs']);
  });

  it('the examples of Streamable HTTP call each other', async () => {
    const port = String(await freePort());
    for (const file of ['http-server.mjs', 'http-client.mjs']) {
      expect(example(file)).toContain('3000');
      folder.write(file, example(file).replaceAll('3000', port));
    }
    const server = folder.start(['http-server.mjs']);
    try {
      await server.printed('listening');
      const called = await folder.run(['http-client.mjs']);
      expect(called).toEqual({ code: 0, stdout: printedBy(example('http-client.mjs')), stderr: '' });
      expect(called.stdout).toContain('agent');
    } finally {
      server.stop();
      await server.ended;
    }
  });
});
