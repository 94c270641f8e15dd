import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workspace, secretsOf } from '../support/mcps.js';

let work: Workspace;
beforeEach(() => void (work = new Workspace()));
afterEach(() => work.remove());

describe('mcps keygen', () => {
  it('writes a private key for its owner alone, and a public key that belongs to it', async () => {
    const made = await work.json(['keygen', '--out', 'key.pem', '--public-out', 'key.pub']);
    expect(work.mode('key.pem')).toBe(0o600);
    expect(made).toMatchObject({ encrypted: false, publicKey: { kty: 'EC', crv: 'P-256' } });
    const derived = createPublicKey(createPrivateKey(work.read('key.pem')));
    expect(derived.equals(createPublicKey(work.read('key.pub')))).toBe(true);
    expect(derived.export({ format: 'jwk' })).toMatchObject({ x: made.publicKey.x });
  });

  it('prints nothing of the private key', async () => {
    const { stdout, stderr } = await work.run(['keygen', '--out', 'key.pem']);
    for (const secret of secretsOf(work.read('key.pem'))) expect(stdout + stderr).not.toContain(secret);
  });

  it('overwrites no file unless it is told to, and then the mode is that of a secret', async () => {
    work.write('key.pem', 'mine', 0o644);
    expect(await work.failure(['keygen', '--out', 'key.pem'])).toMatchObject({ exit: 2, reason: 'file_exists' });
    expect(work.read('key.pem')).toBe('mine');
    await work.json(['keygen', '--out', 'key.pem', '--force']);
    expect(work.mode('key.pem')).toBe(0o600);
    expect(work.read('key.pem')).toContain('PRIVATE KEY');
  });

  it('encrypts with a passphrase of a file or of the environment', async () => {
    work.write('phrase', 'correct horse battery\n', 0o600);
    await work.json(['keygen', '--out', 'a.pem', '--passphrase-file', 'phrase']);
    await work.json(['keygen', '--out', 'b.pem', '--encrypt'], { env: { MCPS_PASSPHRASE: 'correct horse battery' } });
    for (const name of ['a.pem', 'b.pem']) {
      expect(work.read(name)).toContain('BEGIN ENCRYPTED PRIVATE KEY');
      expect(() => createPrivateKey(work.read(name))).toThrow();
      expect(createPrivateKey({ key: work.read(name), passphrase: 'correct horse battery' }).type).toBe('private');
    }
  });

  it('refuses a passphrase that is short, open to others, or missing', async () => {
    work.write('short', 'short', 0o600);
    work.write('open', 'correct horse battery', 0o644);
    const keygen = ['keygen', '--out', 'key.pem', '--encrypt'];
    expect(await work.failure([...keygen, '--passphrase-file', 'short'])).toMatchObject({ reason: 'passphrase_short' });
    expect(await work.failure([...keygen, '--passphrase-file', 'open'])).toMatchObject({
      exit: 2,
      reason: 'file_mode',
    });
    expect(await work.failure(keygen)).toMatchObject({ exit: 2, reason: 'passphrase_missing' });
  });

  it('has no option that takes a passphrase as an argument', async () => {
    const { stdout } = await work.run(['keygen', '--help']);
    expect(stdout).toContain('--passphrase-file <file>');
    expect(await work.failure(['keygen', '--out', 'k', '--passphrase', 'x'])).toMatchObject({
      exit: 2,
      reason: 'unknown_option',
    });
  });
});

describe('an encrypted key', () => {
  beforeEach(async () => {
    work.write('phrase', 'correct horse battery', 0o600);
    work.write('wrong', 'another long phrase', 0o600);
    await work.json(['keygen', '--out', 'key.pem', '--passphrase-file', 'phrase']);
  });

  it('is used with its passphrase, and with no other', async () => {
    const create = ['passport', 'create', '--name', 'a', '--key', 'key.pem', '--passphrase-file'];
    expect((await work.json([...create, 'phrase'])).agent.name).toBe('a');
    expect(await work.failure([...create, 'wrong'])).toMatchObject({
      exit: 1,
      code: 'key',
      reason: 'passphrase_wrong',
    });
  });
});
