import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.js';
import { loadConfig } from '../../src/config/load-config.js';
import { SETTINGS } from '../../src/config/settings.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const token = 'a-token-that-is-long-enough-for-this';

const load = (settings: Record<string, string> = {}, cwd = '/srv') =>
  loadConfig({
    env: Object.fromEntries(Object.entries(settings).map(([name, value]) => [`MCPS_AUTHORITY_${name}`, value])),
    cwd,
  });

async function mistakesOf(settings: Record<string, string>, cwd?: string): Promise<readonly string[]> {
  const error = await load(settings, cwd).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).mistakes;
}

describe('the configuration', () => {
  it('needs nothing: loopback, port 8080, an embedded database beside the keys', async () => {
    expect(await load()).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: '/srv/mcps-authority',
      database: '/srv/mcps-authority/authority.db',
      custody: { kind: 'file', folder: '/srv/mcps-authority/keys' },
      corsOrigins: [],
      webhookAllow: [],
      statusTtlSeconds: 60,
    });
  });

  it('reads every setting from the environment', async () => {
    const config = await load({
      HOST: '0.0.0.0',
      PORT: '0',
      PUBLIC_URL: 'https://authority.example',
      NAME: 'example-authority',
      DATA_DIR: 'data',
      DATABASE_URL: 'postgres://user:secret@127.0.0.1/authority',
      ADMIN_TOKEN: token,
      PASSPORT_TTL: '3600',
      STATUS_TTL: '30',
      STAPLE_TTL: '600',
      LIST_TTL: '120',
      HEARTBEAT: '5',
      ENROLMENT: 'token',
      KEY_PASSPHRASE: 'correct horse battery',
      ROOT_KEY_FOLDER: '/media/root',
      KEY_LEAD: '60',
      ROOT_KEY_PASSPHRASE: 'another passphrase',
      TLS_CERT: '/etc/tls/cert.pem',
      TLS_KEY: 'key.pem',
      CORS_ORIGINS: 'https://a.example, http://127.0.0.1:3000',
      WEBHOOK_ALLOW: '127.0.0.0/8,fd00::/8,10.1.2.3',
      TRUSTED_PROXIES: '10.0.0.0/8',
      CLIENT_RATE: '600',
      TOKEN_RATE: '700',
      MAX_BODY: '65536',
      MAX_EVENT_CLIENTS: '12',
      METRICS: 'token',
      DOCS: 'false',
      LOG_LEVEL: 'warn',
      SHUTDOWN: '3',
    });
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 0,
      publicUrl: 'https://authority.example',
      name: 'example-authority',
      dataDir: '/srv/data',
      database: 'postgres://user:secret@127.0.0.1/authority',
      adminToken: token,
      passportTtlSeconds: 3600,
      statusTtlSeconds: 30,
      stapleTtlSeconds: 600,
      listTtlSeconds: 120,
      heartbeatSeconds: 5,
      enrolment: 'token',
      custody: { kind: 'file', folder: '/srv/data/keys', passphrase: 'correct horse battery' },
      rootKeys: { folder: '/media/root', passphrase: 'another passphrase' },
      keyLeadSeconds: 60,
      tls: { certPath: '/etc/tls/cert.pem', keyPath: '/srv/key.pem' },
      corsOrigins: ['https://a.example', 'http://127.0.0.1:3000'],
      webhookAllow: ['127.0.0.0/8', 'fd00::/8', '10.1.2.3'],
      trustedProxies: ['10.0.0.0/8'],
      clientRatePerMinute: 600,
      tokenRatePerMinute: 700,
      maxBodyBytes: 65_536,
      maxEventClients: 12,
      metrics: 'token',
      docs: false,
      logLevel: 'warn',
      shutdownSeconds: 3,
    });
  });

  it('reads a file, and takes the environment before it', async () => {
    const folder = await temporaryFolder();
    await writeFile(
      join(folder, 'config.json'),
      JSON.stringify({ port: 9000, host: '::1', corsOrigins: ['https://a.example'], docs: false }),
    );
    expect(await load({ CONFIG: 'config.json', PORT: '9001' }, folder)).toMatchObject({
      port: 9001,
      host: '::1',
      corsOrigins: ['https://a.example'],
      docs: false,
    });
  });

  it('names every mistake at once, and quotes none of the values', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'config.json'), JSON.stringify({ hosst: 'x', statusTtlSeconds: 301 }));
    const mistakes = await mistakesOf(
      {
        CONFIG: 'config.json',
        PORT: '80 80',
        ADMIN_TOKEN: 'hunter2',
        DATABASE_URL: 'mysql://hunter2@host',
        KEY_PASSPHRASE: 'hunter2',
        TLS_CERT: '/cert.pem',
        CUSTODY: 'pkcs11',
        WEBHOOK_ALOW: '127.0.0.1',
        STAPLE_TTL: '3601',
      },
      folder,
    );
    const named = mistakes.map((mistake) => mistake.split(':')[0]);
    expect(named.sort()).toEqual(
      [
        'hosst',
        'statusTtlSeconds',
        'MCPS_AUTHORITY_ADMIN_TOKEN',
        'MCPS_AUTHORITY_DATABASE_URL',
        'MCPS_AUTHORITY_KEY_PASSPHRASE',
        'MCPS_AUTHORITY_PKCS11_MODULE',
        'MCPS_AUTHORITY_PKCS11_PIN',
        'MCPS_AUTHORITY_PKCS11_TOKEN',
        'MCPS_AUTHORITY_PORT',
        'MCPS_AUTHORITY_STAPLE_TTL',
        'MCPS_AUTHORITY_TLS_KEY',
        'MCPS_AUTHORITY_WEBHOOK_ALOW',
      ].sort(),
    );
    expect(mistakes.join('\n')).not.toContain('hunter2');
  });

  it.each<[string, string]>([
    ['HOST', 'http://localhost'],
    ['HOST', 'a b'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PUBLIC_URL', 'ftp://a.example'],
    ['NAME', 'two words'],
    ['PASSPORT_TTL', '59'],
    ['STATUS_TTL', '0'],
    ['STATUS_TTL', '301'],
    ['STAPLE_TTL', '3601'],
    ['HEARTBEAT', '61'],
    ['ENROLMENT', 'closed'],
    ['CUSTODY', 'vault'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['CORS_ORIGINS', 'a.example'],
    ['WEBHOOK_ALLOW', 'localhost'],
    ['WEBHOOK_ALLOW', '10.0.0.0/33'],
    ['WEBHOOK_ALLOW', '*'],
    ['TRUSTED_PROXIES', 'all'],
    ['MAX_BODY', '10'],
    ['METRICS', 'yes'],
    ['DOCS', 'maybe'],
    ['LOG_LEVEL', 'loud'],
    ['ADMIN_TOKEN', 'short'],
    ['KEY_PASSPHRASE', 'short'],
  ])('refuses %s=%s', async (name, value) => {
    expect(await mistakesOf({ [name]: value })).toEqual([expect.stringContaining(`MCPS_AUTHORITY_${name}: expected`)]);
  });

  it.each(['', '{', '[]', '{"port":1,"port":2}', '"text"'])('refuses a file with %j in it', async (content) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'config.json'), content);
    expect(await mistakesOf({ CONFIG: 'config.json' }, folder)).toHaveLength(1);
  });

  it('says which file is not there', async () => {
    expect(await mistakesOf({ CONFIG: '/nonexistent.json' })).toEqual([
      'MCPS_AUTHORITY_CONFIG: the file cannot be read (ENOENT)',
    ]);
  });

  it('takes a secret from a file that nobody else can read, without its last line break', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'token');
    await writeFile(file, `${token}\n`, { mode: 0o600 });
    expect(await load({ ADMIN_TOKEN_FILE: 'token' }, folder)).toMatchObject({ adminToken: token });
    await chmod(file, 0o644);
    expect(await mistakesOf({ ADMIN_TOKEN_FILE: 'token' }, folder)).toEqual([
      expect.stringContaining(`chmod 0600 ${file}`),
    ]);
    expect(await mistakesOf({ ADMIN_TOKEN_FILE: 'nowhere' }, folder)).toEqual([expect.stringContaining('ENOENT')]);
    expect(await mistakesOf({ ADMIN_TOKEN_FILE: 'token', ADMIN_TOKEN: token }, folder)).toEqual([
      expect.stringContaining('not both'),
    ]);
  });

  it('takes no other setting from a file of its own', async () => {
    expect(await mistakesOf({ PORT_FILE: '/port' })).toEqual(['MCPS_AUTHORITY_PORT_FILE: there is no such setting']);
  });

  it('has a name in the environment for every setting, each once', () => {
    const names = Object.values(SETTINGS).map(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
  });
});
