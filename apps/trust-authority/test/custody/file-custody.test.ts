import { chmod, readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { encodeUtf8, exportPrivateJwk, sign, verify } from '@mcps/crypto';
import type { PrivateKey } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import { openFileCustody } from '../../src/custody/encrypted-file/file-custody.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const passphrase = 'correct horse battery staple';
/** The least that a key file may ask for: these tests are about everything else. */
const scrypt = { n: 2 ** 14, r: 8, p: 1 };
const data = encodeUtf8('data');

const open = async (folder: string, options = {}) => openFileCustody({ folder, passphrase, scrypt, ...options });

async function folderWithKey(): Promise<{ folder: string; file: string }> {
  const folder = join(await temporaryFolder(), 'keys');
  const custody = await open(folder);
  await custody.create('root-1');
  return { folder, file: join(folder, 'root-1.key.json') };
}

async function edit(file: string, change: (content: any) => void): Promise<void> {
  const content = JSON.parse(await readFile(file, 'utf8'));
  change(content);
  await writeFile(file, JSON.stringify(content));
}

describe('keys in encrypted files', () => {
  it('makes a key that signs, and after a restart is the same key', async () => {
    const folder = join(await temporaryFolder(), 'keys');
    const made = await (await open(folder)).create('status-1');
    const loaded = await (await open(folder)).load('status-1');
    expect(loaded.publicKey.thumbprint).toBe(made.publicKey.thumbprint);
    for (const key of [made, loaded]) {
      expect(await verify(made.publicKey, data, await sign(key, data))).toBe(true);
    }
  });

  it('hands out keys that cannot be exported', async () => {
    const folder = join(await temporaryFolder(), 'keys');
    const custody = await open(folder);
    for (const key of [await custody.create('root-1'), await custody.load('root-1')]) {
      await expect(exportPrivateJwk(key as PrivateKey)).rejects.toMatchObject({ code: 'key_not_extractable' });
    }
  });

  it('names its keys, and nothing else that lies in the folder', async () => {
    const folder = join(await temporaryFolder(), 'keys');
    const custody = await open(folder);
    expect(await custody.names()).toEqual([]);
    await custody.create('status-1');
    await custody.create('root-1');
    await writeFile(join(folder, 'README'), '');
    await writeFile(join(folder, 'Not a name.key.json'), '');
    expect(await custody.names()).toEqual(['root-1', 'status-1']);
  });

  it('keeps files at 0600 in a folder at 0700, with nothing half-written left over, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const { folder, file } = await folderWithKey();
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readdir(folder)).toEqual(['root-1.key.json']);
    } finally {
      process.umask(before);
    }
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o601])('refuses a key file at %o and says what to do', async (mode) => {
    const { folder, file } = await folderWithKey();
    await chmod(file, mode);
    const custody = await open(folder);
    await expect(custody.load('root-1')).rejects.toMatchObject({
      code: 'custody_permissions',
      message: expect.stringContaining(`chmod 0600 ${file}`),
    });
  });

  it.each([0o750, 0o705, 0o701])('refuses a folder at %o', async (mode) => {
    const { folder } = await folderWithKey();
    await chmod(folder, mode);
    await expect(open(folder)).rejects.toMatchObject({
      code: 'custody_permissions',
      message: expect.stringContaining(`chmod 0700 ${folder}`),
    });
  });

  it('refuses another passphrase, to open a key and to make one beside it', async () => {
    const { folder } = await folderWithKey();
    const custody = await open(folder, { passphrase: 'another passphrase' });
    await expect(custody.load('root-1')).rejects.toMatchObject({ code: 'custody_passphrase_wrong' });
    await expect(custody.create('status-1')).rejects.toMatchObject({ code: 'custody_passphrase_wrong' });
    expect(await custody.names()).toEqual(['root-1']);
  });

  it.each(['', 'short', 'x'.repeat(1025)])('refuses a passphrase that is too short or too long', async (wrong) => {
    const folder = join(await temporaryFolder(), 'keys');
    await expect(open(folder, { passphrase: wrong })).rejects.toMatchObject({ code: 'custody_passphrase_wrong' });
  });

  it('never replaces a key, also when two make it at once', async () => {
    const folder = join(await temporaryFolder(), 'keys');
    const [first, second] = [await open(folder), await open(folder)];
    const made = await Promise.allSettled([first.create('root-1'), second.create('root-1')]);
    const winners = made.filter((outcome) => outcome.status === 'fulfilled');
    const losers = made.filter((outcome) => outcome.status === 'rejected');
    expect(winners).toHaveLength(1);
    expect(losers).toMatchObject([{ reason: { code: 'custody_key_exists' } }]);
    const kept = await first.load('root-1');
    expect(kept.publicKey.thumbprint).toBe(winners[0]!.value.publicKey.thumbprint);
    expect(await readdir(folder)).toEqual(['root-1.key.json']);
  });

  it('removes a key for good', async () => {
    const { folder } = await folderWithKey();
    const custody = await open(folder);
    await custody.remove('root-1');
    expect(await custody.names()).toEqual([]);
    await expect(custody.load('root-1')).rejects.toMatchObject({ code: 'custody_key_missing' });
    await expect(custody.remove('root-1')).rejects.toMatchObject({ code: 'custody_key_missing' });
  });

  it.each(['', '../root', 'a/b', 'Root', 'root.1', '-root', 'x'.repeat(64), '__proto__'])(
    'has no key called %j, wherever that would lead',
    async (name) => {
      const folder = join(await temporaryFolder(), 'keys');
      const custody = await open(folder);
      await expect(custody.load(name)).rejects.toMatchObject({ code: 'custody_name_invalid' });
      await expect(custody.create(name)).rejects.toMatchObject({ code: 'custody_name_invalid' });
      await expect(custody.remove(name)).rejects.toMatchObject({ code: 'custody_name_invalid' });
    },
  );

  it('takes no key for another one, though both open', async () => {
    const { folder, file } = await folderWithKey();
    const custody = await open(folder);
    await custody.create('status-1');
    await rename(file, join(folder, 'status-1.key.json'));
    await expect(custody.load('status-1')).rejects.toMatchObject({ code: 'custody_key_malformed' });
    // Nor with the name in the file brought into line: it is authenticated.
    await edit(join(folder, 'status-1.key.json'), (content) => (content.name = 'status-1'));
    await expect(custody.load('status-1')).rejects.toMatchObject({ code: 'custody_passphrase_wrong' });
  });

  it.each<[string, (content: any) => void]>([
    ['the time it was made', (content) => (content.created_at = '2020-01-01T00:00:00.000Z')],
    ['its public key', (content) => ([content.public_key.x, content.public_key.y] = ['A'.repeat(43), 'A'.repeat(43)])],
    ['the ciphertext', (content) => (content.ciphertext = `B${content.ciphertext.slice(1)}`)],
    ['the nonce', (content) => (content.cipher.nonce = 'AAAAAAAAAAAAAAAA')],
    ['the salt', (content) => (content.kdf.salt = 'AAAAAAAAAAAAAAAAAAAAAA')],
    ['the cost', (content) => (content.kdf.n *= 2)],
  ])('notices a change of %s', async (_, change) => {
    const { folder, file } = await folderWithKey();
    await edit(file, change);
    await expect((await open(folder)).load('root-1')).rejects.toMatchObject({ code: 'custody_passphrase_wrong' });
  });

  it.each<[string, (content: any) => void]>([
    ['more memory than a start can spend', (content) => Object.assign(content.kdf, { n: 2 ** 20, r: 32 })],
    ['an endless derivation', (content) => (content.kdf.n = 2 ** 40)],
    ['many lanes', (content) => (content.kdf.p = 1000)],
    ['a cheap derivation', (content) => (content.kdf.n = 2)],
    ['a cost that is no power of two', (content) => (content.kdf.n = 2 ** 14 + 1)],
    ['a cost that is no number', (content) => (content.kdf.n = '16384')],
    ['another derivation', (content) => (content.kdf.name = 'pbkdf2')],
    ['another cipher', (content) => (content.cipher.name = 'aes-256-ctr')],
    ['another format', (content) => (content.format = 'mcps-authority-key/2')],
    ['a short nonce', (content) => (content.cipher.nonce = 'AAAA')],
    ['no ciphertext', (content) => (content.ciphertext = '')],
    ['a further member', (content) => (content.extra = 1)],
    ['a member missing', (content) => delete content.created_at],
    ['another curve', (content) => (content.public_key.crv = 'P-384')],
  ])('refuses a file with %s before deriving anything', async (_, change) => {
    const { folder, file } = await folderWithKey();
    await edit(file, change);
    await expect((await open(folder)).load('root-1')).rejects.toMatchObject({ code: 'custody_key_malformed' });
  });

  it.each(['', '{', 'null', '[]', `{"format":1,"format":2}`, ' '.repeat(5000)])(
    'refuses a file that is something else',
    async (content) => {
      const { folder, file } = await folderWithKey();
      await writeFile(file, content);
      await expect((await open(folder)).load('root-1')).rejects.toMatchObject({ code: 'custody_key_malformed' });
    },
  );

  it('opens a file that was moved to another machine, by its passphrase alone', async () => {
    const { folder, file } = await folderWithKey();
    const made = await (await open(folder)).load('root-1');
    const offline = await open(join(await temporaryFolder(), 'offline'));
    await expect(offline.load('root-1')).rejects.toMatchObject({ code: 'custody_key_missing' });
    const elsewhere = join(await temporaryFolder(), 'keys');
    await open(elsewhere);
    await rename(file, join(elsewhere, 'root-1.key.json'));
    const moved = await (await open(elsewhere, { scrypt: { n: 2 ** 15, r: 8, p: 1 } })).load('root-1');
    expect(moved.publicKey.thumbprint).toBe(made.publicKey.thumbprint);
  });

  it('derives a key of its own when the cost was raised, and still opens the old files', async () => {
    const { folder } = await folderWithKey();
    const custody = await open(folder, { scrypt: { n: 2 ** 15, r: 8, p: 1 } });
    await custody.create('root-2');
    const content = JSON.parse(await readFile(join(folder, 'root-2.key.json'), 'utf8'));
    expect(content.kdf.n).toBe(2 ** 15);
    await custody.load('root-1');
    await custody.load('root-2');
  });

  it('shows neither passphrase nor keys when printed, and keeps them out of errors', async () => {
    const { folder } = await folderWithKey();
    const custody = await open(folder);
    const key = await custody.load('root-1');
    const refusal = await open(folder, { passphrase: 'another passphrase' }).then((other) =>
      other.load('root-1').catch((error: unknown) => error),
    );
    for (const value of [custody, key, refusal]) {
      const printed = inspect(value, { depth: 10, showHidden: true }) + JSON.stringify(value);
      expect(printed).not.toContain('horse');
      expect(printed).not.toContain('another passphrase');
      expect(printed).not.toContain(Buffer.from(passphrase).toString('hex').slice(0, 16));
      expect(printed).not.toMatch(/<Buffer|Uint8Array/);
    }
  });
});
