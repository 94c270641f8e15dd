import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAuthority } from '../../../../apps/trust-authority/test/support/authority-process.js';
import type { AuthorityProcess } from '../../../../apps/trust-authority/test/support/authority-process.js';
import { Workspace } from '../support/mcps.js';

const ADMIN_TOKEN = 'an-admin-token-for-the-tests-of-the-command';
let work: Workspace;
let data: string;
let authority: AuthorityProcess;
let trust: readonly string[];
const env = { MCPS_AUTHORITY_TOKEN: ADMIN_TOKEN };

beforeAll(async () => {
  work = new Workspace();
  data = mkdtempSync(join(tmpdir(), 'mcps-cli-authority-'));
  authority = await startAuthority({ DATA_DIR: data, NAME: 'test-authority', ADMIN_TOKEN });
  trust = ['--trust-authority', authority.url];
  await work.json(['keygen', '--out', 'key.pem']);
});

afterAll(async () => {
  await authority.stop();
  work.remove();
  rmSync(data, { recursive: true, force: true });
});

const create = (...more: string[]) => ['passport', 'create', '--name', 'mailer', '--key', 'key.pem', ...trust, ...more];

describe('passports of a Trust Authority', () => {
  it('are issued for a proof: at level 2 with a token, at level 1 without', async () => {
    expect(await work.json(create())).toMatchObject({ trust_level: 1 });
    const passport = await work.json(create('--level', '2'), { env });
    const input = JSON.stringify(passport);
    const verified = await work.json(['passport', 'verify', '-', ...trust, '--min-trust-level', '2'], { input });
    expect(verified).toMatchObject({ valid: true, anchor: 'test-authority', level: 2, statusFresh: true });
    expect(verified.chain).toHaveLength(1);
  });

  it('are revoked with a token, and then refused', async () => {
    work.write('passport.json', await work.json(create(), { env }));
    const revoke = ['passport', 'revoke', 'passport.json', ...trust, '--reason', 'security_violation'];
    expect(await work.failure(revoke)).toMatchObject({ exit: 1, code: 'authority', reason: 'token_missing' });
    work.write('token', `${ADMIN_TOKEN}\n`, 0o600);
    expect(await work.json([...revoke, '--token-file', 'token'])).toMatchObject({ reason: 'security_violation' });
    const refused = await work.failure(['passport', 'verify', 'passport.json', ...trust]);
    expect(refused).toMatchObject({ exit: 1, code: 'MCPS-003', reason: 'passport_revoked' });
  });

  it('are revoked by their own key, without any token', async () => {
    const passport = await work.json(create(), { env });
    const revoke = ['passport', 'revoke', passport.passport_id, ...trust, '--key', 'key.pem', '--reason'];
    expect(await work.failure([...revoke, 'scan_failure'])).toMatchObject({ exit: 1, reason: 'request_invalid' });
    expect(await work.json([...revoke, 'key_compromise'])).toMatchObject({ is_new: true, reason: 'key_compromise' });
    await work.json(['keygen', '--out', 'other.pem', '--force']);
    const again = await work.json(create(), { env });
    const stranger = ['passport', 'revoke', again.passport_id, ...trust, '--key', 'other.pem', '--reason'];
    expect(await work.failure([...stranger, 'key_compromise'])).toMatchObject({ exit: 1, reason: 'proof_invalid' });
  });

  it('are renewed by their key, as a passport or as an identity', async () => {
    const passport = await work.json(create(), { env });
    work.write('old.json', { passport, privateKey: work.read('key.pem') }, 0o600);
    const renew = ['passport', 'renew', '--identity', 'old.json', ...trust, '--out', 'new.json', '--ttl', '1d'];
    expect(await work.json(renew)).toMatchObject({ supersedes: passport.passport_id });
    expect(work.readJson('new.json').passport.passport_id).not.toBe(passport.passport_id);
    expect(await work.json(['passport', 'verify', 'new.json', ...trust])).toMatchObject({ valid: true });
  });

  it('are not judged where the authority cannot be reached', async () => {
    work.write('passport.json', await work.json(create(), { env }));
    const nobody = ['--trust-authority', 'http://127.0.0.1:9'];
    expect(await work.failure(['passport', 'verify', 'passport.json', ...nobody])).toMatchObject({ exit: 3 });
    const revoke = ['passport', 'revoke', 'passport.json', ...nobody, '--reason', 'manual_revoke'];
    expect(await work.failure(revoke, { env })).toMatchObject({ exit: 3, code: 'authority', reason: 'unreachable' });
  });

  it('and no token goes over an open network', async () => {
    for (const url of ['http://authority.example', 'ftp://127.0.0.1', 'https://user@authority.example', 'nowhere']) {
      const revoke = [
        'passport',
        'revoke',
        `asp_${'a'.repeat(32)}`,
        '--trust-authority',
        url,
        '--reason',
        'manual_revoke',
      ];
      expect(await work.failure(revoke, { env })).toMatchObject({ exit: 2, reason: 'url_invalid' });
    }
  });
});
