import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/secured/settings.js';
import { childEnvironment } from '../../src/programs/child-environment.js';
import { Authority } from '../../../sdk-adapter/test/harness/identities.js';
import type { Identity } from '../../../sdk-adapter/test/harness/identities.js';
import type { Outcome } from '../support/mcps.js';
import { WRAP, fixture, run, writeWrapFiles } from '../support/wrap.js';
import type { WrapFiles } from '../support/wrap.js';

let authority: Authority;
let identity: Identity;
let files: WrapFiles;

beforeAll(async () => {
  authority = await Authority.create();
  identity = await authority.issue('wrapped');
  files = await writeWrapFiles(authority, identity);
});

afterAll(async () => {
  await files.remove();
});

const wrap = (args: readonly string[], env: NodeJS.ProcessEnv = {}, input: string | undefined = '') =>
  run([...WRAP, ...args], { env: { PATH: process.env['PATH'], ...env }, ...(input === undefined ? {} : { input }) });

const noSecretIn = (outcome: Outcome): void => {
  for (const secret of identity.secrets) expect(outcome.stdout + outcome.stderr).not.toContain(secret);
};

describe('mcps wrap', () => {
  it('helps without any other option', async () => {
    const help = await wrap(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const word of ['--passport', '--key', '--anchors', '--min-trust-level', '--observe', '--audit', 'Exit status'])
      expect(help.stdout).toContain(word);
  });

  it.each([
    [[], 'Name the command'],
    [['--'], 'Name the command'],
    [['--pasport', 'x', '--', 'node'], '--pasport'],
    [['npx', 'some-server'], 'goes after "--"'],
    [['--', 'node'], '--identity FILE'],
    [['--', 'node'], '--passport FILE'],
    [['--identity', 'i', '--passport', 'p', '--', 'node'], 'leave --passport and --key out'],
    [['--identity', 'i', '--key', 'k', '--', 'node'], 'leave --passport and --key out'],
    [['--passport', 'p', '--', 'node'], 'private key is missing'],
    [['--passport', 'p', '--key', 'k', '--min-trust-level', '5', '--', 'node'], '--min-trust-level'],
    [['--passport', 'p', '--key', 'k', '--allow-unsigned', '--', 'node'], '--min-trust-level 0'],
    [['--passport', 'p', '--key', 'k', '--anchors', 'a', '--min-trust-level', '2', '--', 'node'], '--status-list'],
    [['--passport', 'p', '--key', 'k', '--status-list', 's', '--', 'node'], '--anchors'],
    [
      [
        '--passport',
        'p',
        '--key',
        'k',
        '--anchors',
        'a',
        '--status-list',
        's',
        '--status-max-age',
        '1.5',
        '--',
        'node',
      ],
      'whole number of seconds',
    ],
  ])('explains what is wrong with %j and starts nothing', async (args, text) => {
    const outcome = await wrap(args);
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toContain(text);
    expect(outcome.stderr).toContain('--help');
  });

  it.each([0o640, 0o604, 0o660, 0o644])('refuses a key file of mode %o', async (mode) => {
    if (process.platform === 'win32') return;
    const key = join(files.folder, `open-${mode}.pem`);
    await writeFile(key, identity.pem);
    await chmod(key, mode);
    const outcome = await wrap([
      '--passport',
      files.passport,
      '--key',
      key,
      '--anchors',
      files.anchors,
      '--',
      process.execPath,
      fixture('exit-with.mjs'),
      '0',
    ]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('0600');
    noSecretIn(outcome);
  });

  it('refuses files that are missing or are not what they should be, without repeating them', async () => {
    const other = await authority.issue('other');
    const write = async (name: string, text: string): Promise<string> => {
      const path = join(files.folder, name);
      await writeFile(path, text, { mode: 0o600 });
      return path;
    };
    const keyOfOther = await write('other.pem', other.pem);
    const noKey = await write('no-key.pem', identity.pem.replace('BEGIN', 'BEGAN'));
    const noJwk = await write('no-key.jwk', `${JSON.stringify(identity.jwk)}}`);
    const noJson = await write('no.json', 'not json');
    const pair = { passport: identity.passport, privateKey: identity.pem };
    const both = await write('both.json', JSON.stringify(pair));
    const cases: [string[], string][] = [
      [['--passport', join(files.folder, 'missing'), '--key', files.key, '--anchors', files.anchors], 'ENOENT'],
      [['--passport', noJson, '--key', files.key, '--anchors', files.anchors], 'passport'],
      [['--passport', files.passport, '--key', join(files.folder, 'missing'), '--anchors', files.anchors], 'ENOENT'],
      [['--passport', files.passport, '--key', files.folder, '--anchors', files.anchors], 'regular file'],
      [['--passport', files.passport, '--key', keyOfOther, '--anchors', files.anchors], 'not the key'],
      [['--passport', files.passport, '--key', noKey, '--anchors', files.anchors], 'privateKey'],
      [['--passport', files.passport, '--key', noJwk, '--anchors', files.anchors], 'neither PEM nor a JWK'],
      [['--passport', files.passport, '--key', files.key, '--anchors', noJson], 'not JSON'],
      [['--passport', files.passport, '--key', files.key, '--anchors', files.passport], 'JSON list'],
      [['--passport', files.passport, '--key', files.key], '--anchors'],
      [['--passport', both, '--key', files.key, '--anchors', files.anchors], '--identity'],
      [['--identity', join(files.folder, 'missing')], 'ENOENT'],
      [['--identity', noJson], 'must be JSON'],
      [['--identity', files.key], 'must be JSON'],
      [['--identity', files.passport], '0600'],
      [['--identity', await write('half.json', JSON.stringify({ privateKey: identity.pem }))], 'no `passport`'],
      [
        ['--identity', await write('half-too.json', JSON.stringify({ passport: identity.passport }))],
        'no `privateKey`',
      ],
      [['--identity', await write('anchor.json', JSON.stringify({ ...pair, trustAnchors: {} }))], 'list of {issuer'],
      [['--identity', both], '--anchors'],
      [
        [
          '--identity',
          await write('pair.json', JSON.stringify({ ...pair, privateKey: other.pem })),
          '--anchors',
          files.anchors,
        ],
        'not the key',
      ],
      [
        [
          '--passport',
          files.passport,
          '--key',
          files.key,
          '--anchors',
          files.anchors,
          '--audit',
          join(files.folder, 'no', 'such'),
        ],
        'audit file',
      ],
    ];
    for (const [args, text] of cases) {
      const outcome = await wrap([...args, '--', process.execPath, fixture('exit-with.mjs'), '0']);
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).toContain(text);
      noSecretIn(outcome);
      for (const secret of other.secrets) expect(outcome.stderr).not.toContain(secret);
    }
  });

  it('ends with the status of the command', async () => {
    for (const status of [0, 3]) {
      const outcome = await wrap(
        [...files.options, '--', process.execPath, fixture('exit-with.mjs'), String(status)],
        {},
        undefined,
      );
      expect(outcome).toMatchObject({ code: status, stdout: '' });
    }
  });

  it('ends with 127 or 126 where the command cannot be started', async () => {
    const missing = await wrap([...files.options, '--', 'no-such-command-anywhere']);
    expect(missing).toMatchObject({ code: 127, stdout: '' });
    expect(missing.stderr).toContain('no-such-command-anywhere');
    const file = join(files.folder, 'not-executable');
    await writeFile(file, '', { mode: 0o600 });
    expect(await wrap([...files.options, '--', file])).toMatchObject({ code: 126, stdout: '' });
  });

  it('passes the environment on, without what configures MCPS', async () => {
    const outcome = await wrap(['--anchors', files.anchors, '--', process.execPath, fixture('show-environment.mjs')], {
      MCPS_PASSPORT_FILE: files.passport,
      MCPS_PRIVATE_KEY: identity.pem,
      SOME_TOKEN: 'passed on',
      MCPS_OBSERVE: '0',
    });
    expect(outcome.code).toBe(0);
    const env = JSON.parse(outcome.stderr.trim().split('\n').at(-1)!) as Record<string, string>;
    expect(env['SOME_TOKEN']).toBe('passed on');
    expect(Object.keys(env).filter((name) => name.startsWith('MCPS_'))).toEqual([]);
    noSecretIn(outcome);
  });

  it.each(['PEM', 'JWK'])('takes passport, key in %s, and anchors from one file', async (form) => {
    const path = join(files.folder, `identity-${form}.json`);
    const trustAnchors: unknown = JSON.parse(authority.anchorFile);
    const privateKey = form === 'PEM' ? identity.pem : identity.jwk;
    await writeFile(path, JSON.stringify({ passport: identity.passport, privateKey, trustAnchors }), { mode: 0o600 });
    const command = ['--', process.execPath, fixture('exit-with.mjs'), '5'];
    expect(await wrap(['--identity', path, ...command], {}, undefined)).toMatchObject({ code: 5, stderr: '' });
    const env = { MCPS_IDENTITY_FILE: path };
    expect(await wrap(command, env, undefined)).toMatchObject({ code: 5, stderr: '' });
    // The command line names another identity: the variable does not count.
    expect(await wrap(['--key', files.key, ...command], env)).toMatchObject({ code: 2 });
  });

  it('takes a JWK from a file as well', async () => {
    const key = join(files.folder, 'key.jwk');
    await writeFile(key, JSON.stringify(identity.jwk), { mode: 0o600 });
    const outcome = await wrap(
      [
        '--passport',
        files.passport,
        '--key',
        key,
        '--anchors',
        files.anchors,
        '--',
        process.execPath,
        fixture('exit-with.mjs'),
        '5',
      ],
      {},
      undefined,
    );
    expect(outcome).toMatchObject({ code: 5, stderr: '' });
  });

  it.each([
    ['SIGTERM', 'wait-for-signal.mjs', 42],
    ['SIGINT', 'show-environment.mjs', 130],
    ['SIGHUP', 'show-environment.mjs', 129],
  ] as const)('passes %s on to the command, and ends as that does', async (signal, program, code) => {
    const outcome = await run([...WRAP, ...files.options, '--', process.execPath, fixture(program)], { signal });
    expect(outcome).toMatchObject({ code, signal: null });
  });

  it('answers a caller without security and writes nothing but messages to standard output', async () => {
    const input = `${JSON.stringify({ jsonrpc: '2.0', id: 'one', method: 'tools/list' })}\nnot json\n`;
    const outcome = await wrap([...files.options, '--', process.execPath, fixture('show-environment.mjs')], {}, input);
    expect(outcome.code).toBe(0);
    const lines = outcome.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown; error: { code: number } });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      id: 'one',
      error: { code: -33004, data: { code: 'MCPS-004', reason: 'envelope_missing' } },
    });
    expect(outcome.stderr).toContain('MCPS-004');
  });
});

describe('settings', () => {
  const env = {
    MCPS_PASSPORT_FILE: 'p',
    MCPS_PRIVATE_KEY_FILE: 'k',
    MCPS_TRUST_ANCHORS_FILE: 'a',
    MCPS_STATUS_LIST_FILE: 's',
    MCPS_STATUS_MAX_AGE: '90',
    MCPS_MIN_TRUST_LEVEL: '0',
    MCPS_ALLOW_UNSIGNED: '1',
    MCPS_OBSERVE: 'true',
    MCPS_AUDIT_FILE: 'l',
    MCPS_AUDIT_HEAD_FILE: 'h',
  };

  it('come from the environment where the command line leaves them out', () => {
    expect(readSettings({}, env)).toEqual({
      identity: { passportFile: 'p', key: { file: 'k' } },
      anchorsFile: 'a',
      statusListFiles: ['s'],
      statusMaxAgeMs: 90_000,
      minTrustLevel: 0,
      allowUnsigned: true,
      allowPublishedPeers: false,
      observe: true,
      audit: { file: 'l', format: 'trail', headFile: 'h' },
    });
  });

  it('of the command line win over the environment', () => {
    const given = { passport: 'P', key: 'K', anchors: 'A', minTrustLevel: '2' };
    expect(readSettings(given, { ...env, MCPS_ALLOW_UNSIGNED: '0', MCPS_PRIVATE_KEY: 'text' })).toMatchObject({
      identity: { passportFile: 'P', key: { file: 'K' } },
      anchorsFile: 'A',
      minTrustLevel: 2,
    });
  });

  it('name an audit that can be: a head belongs to a trail', () => {
    expect(readSettings({ audit: 'A', auditFormat: 'jsonl' }, { ...env, MCPS_AUDIT_HEAD_FILE: '' })).toMatchObject({
      audit: { file: 'A', format: 'jsonl' },
    });
    expect(() => readSettings({ auditFormat: 'jsonl' }, env)).toThrow('--audit-head');
    expect(() => readSettings({}, { ...env, MCPS_AUDIT_FILE: '' })).toThrow('--audit-head');
    expect(() => readSettings({ auditFormat: 'xml' }, env)).toThrow('trail or jsonl');
  });

  it('must say which key is meant, and switches must be switches', () => {
    expect(() => readSettings({}, { ...env, MCPS_PRIVATE_KEY: 'text' })).toThrow('which key is meant');
    expect(() => readSettings({}, { ...env, MCPS_OBSERVE: 'perhaps' })).toThrow('1 or 0');
  });
});

describe('the environment of the command', () => {
  it('loses every variable of ours, in any case', () => {
    expect(childEnvironment({ PATH: 'p', MCPS_PRIVATE_KEY: 's', Mcps_Key: 's', EMPTY: '', GONE: undefined })).toEqual({
      PATH: 'p',
      EMPTY: '',
    });
  });
});
