import { readdirSync } from 'node:fs';
import { createTrustAnchors, verifyPassport } from '@mcps/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workspace, secretsOf } from '../support/mcps.js';

let work: Workspace;
beforeEach(() => void (work = new Workspace()));
afterEach(() => work.remove());

describe('mcps init', () => {
  it('makes an authority, and a server and an agent that it vouches for', async () => {
    const made = await work.json(['init']);
    expect(made.identities.map(({ name }: { name: string }) => name)).toEqual(['server', 'agent']);
    expect(readdirSync(work.file('mcps')).sort()).toEqual([
      'agent.json',
      'anchors.json',
      'authority.json',
      'server.json',
    ]);
    for (const name of ['agent', 'server', 'authority']) expect(work.mode(`mcps/${name}.json`)).toBe(0o600);
    const anchors = await createTrustAnchors(work.readJson('mcps/anchors.json'));
    for (const name of ['agent', 'server']) {
      const identity = work.readJson(`mcps/${name}.json`);
      expect(identity.trustAnchors).toEqual(work.readJson('mcps/anchors.json'));
      expect(await verifyPassport(identity.passport, { anchors })).toMatchObject({
        standing: 'anchored',
        staticLevel: 1,
      });
    }
  });

  it('prints no private key, and the two commands that put MCPS between client and server', async () => {
    const { stdout, stderr } = await work.run(['init']);
    expect(stdout).toContain('mcps wrap --identity mcps/server.json -- ');
    expect(stdout).toContain('mcps connect --identity mcps/agent.json -- ');
    for (const name of ['agent', 'server', 'authority']) {
      for (const secret of secretsOf(work.readJson(`mcps/${name}.json`).privateKey)) {
        expect(stdout + stderr).not.toContain(secret);
      }
    }
  });

  it('replaces nothing, not even in part, unless it is told to', async () => {
    await work.json(['init']);
    const before = work.read('mcps/agent.json');
    expect(await work.failure(['init'])).toMatchObject({ exit: 2, reason: 'file_exists' });
    expect(await work.failure(['init', '--name', 'other'])).toMatchObject({ exit: 2, reason: 'file_exists' });
    expect(readdirSync(work.file('mcps'))).toHaveLength(4);
    expect(work.read('mcps/agent.json')).toBe(before);
    await work.json(['init', '--force']);
    expect(work.read('mcps/agent.json')).not.toBe(before);
  });

  it('takes names, and none that leads out of the folder', async () => {
    await work.json(['init', 'keys', '--name', 'one', '--name', 'two', '--name', 'three']);
    expect(readdirSync(work.file('keys'))).toHaveLength(5);
    for (const name of ['../out', 'a/b', '.hidden', 'authority', '']) {
      expect(await work.failure(['init', 'other', '--name', name])).toMatchObject({ exit: 2 });
    }
  });

  it("encrypts the authority's key, which then issues with its passphrase alone", async () => {
    work.write('phrase', 'correct horse battery', 0o600);
    await work.json(['init', '--passphrase-file', 'phrase']);
    expect(work.readJson('mcps/authority.json').privateKey).toContain('ENCRYPTED');
    await work.json(['keygen', '--out', 'k.pem', '--public-out', 'k.pub']);
    const create = ['passport', 'create', '--name', 'x', '--public-key', 'k.pub', '--authority', 'mcps/authority.json'];
    expect(await work.failure(create)).toMatchObject({ exit: 2, reason: 'passphrase_missing' });
    expect((await work.json([...create, '--passphrase-file', 'phrase'])).issuer).toBe('local-authority');
  });
});
