import { chmod, copyFile, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createTrustAnchors, verifyBundle } from '@mcps/protocol';
import { describe, expect, it } from 'vitest';
import { runAuthority, startAuthority } from '../support/authority-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const dataIn = async () => ({ DATA_DIR: join(await temporaryFolder(), 'data') });

describe('the command', () => {
  it('makes keys and a token at its first start, prints them once, and keeps them from others', async () => {
    const settings = await dataIn();
    const first = await runAuthority(['init'], settings);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/^admin token \(shown this once\): mcpsat_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/m);
    const anchor = /^trust anchor: (.*)$/m.exec(first.stdout)![1]!;
    expect(JSON.parse(anchor)).toMatchObject({ issuer: expect.stringMatching(/^authority-[0-9a-f]{8}$/) });
    const again = await runAuthority(['init'], settings);
    expect(again.stdout).not.toContain('admin token');
    expect(again.stdout).toContain(anchor);
    expect((await runAuthority(['anchor'], settings)).stdout).toBe(`${anchor}\n`);
    for (const file of await readdir(settings.DATA_DIR, { recursive: true })) {
      const { mode } = await stat(join(settings.DATA_DIR, file));
      if (/key|passphrase/.test(file)) expect(mode & 0o077).toBe(0);
    }
    expect((await stat(settings.DATA_DIR)).mode & 0o077).toBe(0);
  });

  it('rolls a key over, which the anchor then shows beside the old one', async () => {
    const settings = await dataIn();
    await runAuthority(['init'], settings);
    const rotated = await runAuthority(['rotate-keys', 'status'], settings);
    expect(rotated).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^status-2 [A-Za-z0-9_-]{43} signs from \S+\n$/),
    });
    const { stdout } = await runAuthority(['anchor'], settings);
    expect(JSON.parse(stdout).statusKeys).toHaveLength(2);
    expect(await runAuthority(['rotate-keys', 'root'], settings)).toMatchObject({ code: 0 });
    const compromised = await runAuthority(['rotate-keys', 'status', '--compromised'], settings);
    expect(compromised).toMatchObject({ code: 0, stdout: expect.stringContaining('status-3 ') });
    const after = JSON.parse((await runAuthority(['anchor'], settings)).stdout);
    expect([after.keys.length, after.statusKeys.length]).toEqual([2, 1]);
    for (const args of [[], ['everything'], ['status', '--yes'], ['status', '--compromised', 'root']]) {
      expect(await runAuthority(['rotate-keys', ...args], settings)).toMatchObject({ code: 2 });
    }
    expect(await runAuthority(['rotate-keys', 'root', '--compromised'], settings)).toMatchObject({ code: 1 });
  });

  it('works without its root key, and makes a new issuing key when the root is there', async () => {
    const settings = await dataIn();
    const root = join(await temporaryFolder(), 'root');
    expect(await runAuthority(['init'], { ...settings, ROOT_KEY_FOLDER: root })).toMatchObject({ code: 0 });
    expect(await readdir(root)).toEqual(['root-1.key.json']);
    expect((await readdir(join(settings.DATA_DIR, 'keys'))).sort()).toEqual(
      ['evidence-1', 'intermediate-1', 'status-1'].map((name) => `${name}.key.json`),
    );
    const authority = await startAuthority(settings);
    expect((await fetch(`${authority.url}/health`)).status).toBe(200);
    expect(await authority.stop()).toBe(0);
    const without = await runAuthority(['rotate-keys', 'passport'], settings);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('root-1') });
    const withRoot = await runAuthority(['rotate-keys', 'passport'], { ...settings, ROOT_KEY_FOLDER: root });
    expect(withRoot).toMatchObject({ code: 0, stdout: expect.stringContaining('intermediate-2') });
  });

  it('names every mistake of its configuration, and ends', async () => {
    const { code, stderr } = await runAuthority([], { PORT: 'x', STATUS_TTL: '1000', ADMIN_TOKEN: 'hunter2' });
    expect(code).toBe(2);
    for (const name of ['PORT', 'STATUS_TTL', 'ADMIN_TOKEN']) expect(stderr).toContain(`MCPS_AUTHORITY_${name}:`);
    expect(stderr).not.toContain('hunter2');
    expect(stderr).not.toContain('    at ');
  });

  it('says that its port is in use', async () => {
    const first = await startAuthority(await dataIn());
    const port = new URL(first.url).port;
    const second = await runAuthority([], { ...(await dataIn()), PORT: port });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`Port ${port} at 127.0.0.1 is in use`);
    expect(await first.stop()).toBe(0);
  });

  it('refuses a passphrase that is not that of its keys, and files that others can read', async () => {
    const settings = await dataIn();
    await runAuthority(['init'], settings);
    const wrong = await runAuthority(['anchor'], { ...settings, KEY_PASSPHRASE: 'another passphrase' });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('passphrase does not open') });
    await chmod(join(settings.DATA_DIR, 'key-passphrase'), 0o644);
    const open = await runAuthority(['anchor'], settings);
    expect(open).toMatchObject({ code: 1, stderr: expect.stringContaining('chmod 0600') });
  });

  it('refuses a database that was put back to before a revocation', async () => {
    const settings = { ...(await dataIn()), ADMIN_TOKEN: 'an-admin-token-for-the-tests-of-the-program' };
    const first = await startAuthority(settings);
    const anchor = await (await fetch(`${first.url}/api/ta/public-key`)).json();
    await first.stop();
    const backup = `${settings.DATA_DIR}.backup`;
    await mkdir(backup);
    const files = (await readdir(settings.DATA_DIR)).filter((name) => name.startsWith('authority.db'));
    for (const file of files) await copyFile(join(settings.DATA_DIR, file), join(backup, file));

    const second = await startAuthority(settings);
    // The issuing passport is one that is always there.
    const { entries } = await (await fetch(`${second.url}/api/log/entries`)).json();
    const { passport_id: id } = JSON.parse(entries[0].leaf);
    const revoked = await fetch(`${second.url}/api/revoke/${id}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${settings.ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'manual_revoke' }),
    });
    expect(revoked.status).toBe(200);
    await second.stop();

    for (const file of await readdir(settings.DATA_DIR)) {
      if (file.startsWith('authority.db')) await rm(join(settings.DATA_DIR, file));
    }
    for (const file of files) await copyFile(join(backup, file), join(settings.DATA_DIR, file));
    const third = await runAuthority([], { ...settings, PORT: '0' });
    expect(third).toMatchObject({ code: 1, stdout: '' });
    expect(third.stderr).toMatch(/older|behind/);
    expect(third.stderr).not.toContain('    at ');
    expect(anchor.issuer).toMatch(/^authority-/);
  });

  it('writes a bundle to a file, and names what it needs for that', async () => {
    const settings = await dataIn();
    await runAuthority(['init'], settings);
    const out = join(await temporaryFolder(), 'bundle.json');
    const args = ['export-bundle', '--out', out, '--days', '2'];
    const made = await runAuthority(args, settings);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^bundle \d{13} with 0 passports, until \S+Z\n$/),
    });
    const anchors = await createTrustAnchors([JSON.parse((await runAuthority(['anchor'], settings)).stdout)]);
    const first = await verifyBundle(await readFile(out, 'utf8'), { anchors });
    expect(first.expiresAtMs - first.createdAtMs).toBe(2 * 86_400_000);
    await runAuthority(args, settings);
    expect((await verifyBundle(await readFile(out, 'utf8'), { anchors })).bundle.number).toBeGreaterThan(
      first.bundle.number,
    );
    for (const mistake of [
      [],
      ['--out'],
      ['--out', out, '--days', '32'],
      ['--out', out, '--passports', 'all'],
      [out],
    ]) {
      expect(await runAuthority(['export-bundle', ...mistake], settings)).toMatchObject({ code: 2, stdout: '' });
    }
    const nowhere = await runAuthority(['export-bundle', '--out', join(out, 'x')], settings);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be written') });
  });

  it('knows its commands', async () => {
    expect(await runAuthority(['help'], {})).toMatchObject({ code: 0, stdout: expect.stringContaining('rotate-keys') });
    expect(await runAuthority(['version'], {})).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    expect(await runAuthority(['explode'], {})).toMatchObject({ code: 2 });
  });
});
