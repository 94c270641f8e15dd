import { encodeUtf8, isLowS, sign, verify } from '@mcps/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyCustody } from '../../src/custody/key-custody.js';
import { Cryptoki } from '../../src/custody/pkcs11/cryptoki.js';
import { openPkcs11Custody } from '../../src/custody/pkcs11/pkcs11-custody.js';
import { createSoftToken, findSoftHsm } from '../support/soft-hsm.js';
import type { SoftToken } from '../support/soft-hsm.js';

const module = findSoftHsm();
if (module === undefined) {
  console.warn('SKIPPED: no SoftHSM found (Debian: softhsm2), so the tests of PKCS #11 do not run.');
}
const data = encodeUtf8('data');

describe.skipIf(module === undefined)('keys in a token behind PKCS #11 (SoftHSM)', () => {
  let token: SoftToken;
  let custody: KeyCustody;
  const open = (options = {}) =>
    openPkcs11Custody({ module: module!, tokenLabel: token.label, pin: token.pin, ...options });

  beforeAll(async () => {
    token = await createSoftToken('authority');
    custody = await open();
  });
  afterAll(async () => {
    await custody?.close();
    await token?.remove();
  });

  it('makes a key in the token that signs what we verify', async () => {
    const key = await custody.create('root-1');
    const signature = await sign(key, data);
    expect(signature).toHaveLength(64);
    expect(isLowS(signature)).toBe(true);
    expect(await verify(key.publicKey, data, signature)).toBe(true);
    expect(await verify(key.publicKey, encodeUtf8('other'), signature)).toBe(false);
  });

  it('finds the key again, through another connection', async () => {
    const made = await custody.create('status-1');
    const other = await open();
    const found = await other.load('status-1');
    expect(found.publicKey.thumbprint).toBe(made.publicKey.thumbprint);
    expect(await verify(made.publicKey, data, await sign(found, data))).toBe(true);
    await other.close();
  });

  it('names the keys of its prefix only', async () => {
    const other = await open({ labelPrefix: 'other:' });
    expect(await other.names()).toEqual([]);
    await other.create('root-1');
    expect(await other.names()).toEqual(['root-1']);
    expect(await custody.names()).toEqual(expect.arrayContaining(['root-1', 'status-1']));
    const [ours, theirs] = [await custody.load('root-1'), await other.load('root-1')];
    expect(ours.publicKey.thumbprint).not.toBe(theirs.publicKey.thumbprint);
    await other.close();
  });

  it('does more signatures at once than it has sessions', async () => {
    const few = await open({ maxSessions: 2 });
    const key = await few.load('root-1');
    const messages = Array.from({ length: 40 }, (_, index) => encodeUtf8(`message ${index}`));
    const signatures = await Promise.all(messages.map((message) => sign(key, message)));
    for (const [index, signature] of signatures.entries()) {
      expect(await verify(key.publicKey, messages[index]!, signature)).toBe(true);
    }
    await few.close();
  });

  it('never makes a second key of one name', async () => {
    await custody.create('evidence-1');
    await expect(custody.create('evidence-1')).rejects.toMatchObject({ code: 'custody_key_exists' });
  });

  it('destroys a key for good', async () => {
    const key = await custody.create('old-1');
    await custody.remove('old-1');
    expect(await custody.names()).not.toContain('old-1');
    await expect(custody.load('old-1')).rejects.toMatchObject({ code: 'custody_key_missing' });
    await expect(custody.remove('old-1')).rejects.toMatchObject({ code: 'custody_key_missing' });
    await expect(sign(key, data)).rejects.toMatchObject({ code: 'custody_key_missing' });
  });

  it('says what is wrong: the PIN, the token, the module, the name', async () => {
    // A wrong PIN shows only where no session of this process is logged in.
    await custody.close();
    await expect(open({ pin: '000000' })).rejects.toMatchObject({ code: 'custody_passphrase_wrong' });
    custody = await open();
    await expect(open({ tokenLabel: 'another' })).rejects.toMatchObject({
      code: 'custody_unavailable',
      message: expect.stringContaining('"another"'),
    });
    await expect(open({ module: '/nonexistent/module.so' })).rejects.toMatchObject({ code: 'custody_unavailable' });
    await expect(custody.load('../root')).rejects.toMatchObject({ code: 'custody_name_invalid' });
    await expect(custody.load('root-9')).rejects.toMatchObject({ code: 'custody_key_missing' });
  });

  it('signs again after the token has thrown out its sessions', async () => {
    const key = await custody.load('root-1');
    await sign(key, data);
    const cryptoki = await Cryptoki.load(module!);
    // Handles are numbers that the whole process shares, counted from 1.
    const closed = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => cryptoki.closeSession(index + 1)));
    expect(closed.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await verify(key.publicKey, data, await sign(key, data))).toBe(true);
  });
});
