import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { Api } from '../support/api.js';
import { startAuthority } from '../support/authority-process.js';
import type { AuthorityProcess } from '../support/authority-process.js';
import { temporaryFolder } from '../support/databases.js';
import { Disk, hasPlatter } from './platter.js';

const adminToken = 'an-admin-token-for-the-tests-of-faults';
const ROUNDS = 3;
const AGENTS = 12;

describe.skipIf(!hasPlatter)('a disk without power', () => {
  it('holds what was synced before, and nothing else', () => {
    const disk = new Disk();
    const script = `
      const fs = require('node:fs');
      process.chdir(process.env.MCPS_DISK);
      const write = (name, ...texts) => {
        const file = fs.openSync(name, 'w');
        for (const [index, text] of texts.entries()) {
          fs.writeSync(file, text);
          if (index === 0) fs.fsyncSync(file);
        }
        fs.closeSync(file);
      };
      write('half', 'synced', ' lost');
      fs.writeFileSync('lost', 'lost');
      write('renamed.next', 'new');
      fs.renameSync(process.env.MCPS_DISK + '/renamed.next', process.env.MCPS_DISK + '/renamed');
      const folder = fs.openSync('.', 'r');
      fs.fsyncSync(folder);
      write('named.next', 'new');
      fs.renameSync(process.env.MCPS_DISK + '/named.next', process.env.MCPS_DISK + '/named');
    `;
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], {
      env: { ...process.env, ...disk.environment },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    disk.cutPower();
    const content = (name: string) => readFileSync(join(disk.folder, name), 'utf8');
    expect([content('half'), content('renamed'), content('named.next')]).toEqual(['synced', 'new', 'new']);
    expect(['lost', 'named', 'renamed.next'].filter((name) => existsSync(join(disk.folder, name)))).toEqual([]);
  });
});

describe.skipIf(!hasPlatter)('an authority that loses its power', () => {
  const running: AuthorityProcess[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop('SIGKILL');
  });

  it('has everything that it acknowledged, and believes nothing that is half written', async () => {
    const disk = new Disk();
    // Elsewhere, so that nothing but the database syncs its folder.
    const passphrase = join(temporaryFolder(), 'passphrase');
    writeFileSync(passphrase, 'a passphrase for the tests of faults', { mode: 0o600 });
    const settings = {
      KEY_PASSPHRASE_FILE: passphrase,
      DATA_DIR: join(disk.folder, 'data'),
      NAME: 'test-authority',
      ADMIN_TOKEN: adminToken,
    };
    const start = async () => {
      const one = await startAuthority(settings, disk.environment);
      running.push(one);
      return { process: one, api: new Api(one.url) };
    };
    const pair = await generateKeyPair();
    const issued: string[] = [];
    const revoked: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { api, process: authority } = await start();
      const before = revoked.length;
      const enrol = async (index: number) => {
        const { status, body } = await api.enrol(pair, { name: `agent-${round}-${index}` }, adminToken);
        if (status !== 201) return;
        const { passport_id: id } = body.passport;
        issued.push(id);
        if (index % 2 === 0) return;
        const answer = await api.call('POST', `/api/revoke/${id}`, { reason: 'key_compromise' }, adminToken);
        if (answer.status === 200) revoked.push(id);
      };
      // Whoever is cut off has been told nothing.
      const enrolling = Array.from({ length: AGENTS }, (_, index) => enrol(index).catch(() => undefined));
      // As soon as some have been revoked, whatever else is on its way.
      while (revoked.length < before + 2) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await authority.stop('SIGKILL');
      await Promise.all(enrolling);
      disk.cutPower();
    }
    expect(revoked.length).toBeGreaterThanOrEqual(2 * ROUNDS);

    const { api } = await start();
    const stateOf = async (id: string) => (await api.get(`/api/verify/${id}`)).status;
    for (const id of issued) {
      const state = await stateOf(id);
      if (revoked.includes(id)) expect({ id, state }).toEqual({ id, state: 'REVOKED' });
      else expect({ id, isKnown: state !== 'UNKNOWN' }).toEqual({ id, isKnown: true });
    }
    const { revoked: listed } = await api.get('/api/crl');
    const names = listed.map(({ passport_id: id }: { passport_id: string }) => id);
    expect(revoked.filter((id) => !names.includes(id))).toEqual([]);
  });
});
