import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signModel } from '../../src/index.js';
import type { SignedModel } from '../../src/index.js';
import { hashModelFile, verifyModelFile } from '../../src/node.js';
import type { HashProgress } from '../../src/node.js';
import { rejectionOf } from '../support/refusal.js';
import { PASSPORT_ID } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';

const MEGABYTE = 1024 * 1024;
const BYTES = Buffer.alloc(5 * MEGABYTE + 123, 'weights');
const HASH = createHash('sha256').update(BYTES).digest('hex');

let folder: string;
let path: string;
let publisher: KeyPair;
let signed: SignedModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcps-model-'));
  path = join(folder, 'model.bin');
  await writeFile(path, BYTES);
  publisher = await generateKeyPair();
  const metadata = { name: 'm', version: '1', format: 'bin', file_hash: HASH };
  signed = await signModel(metadata, { passportId: PASSPORT_ID, key: publisher.privateKey });
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('hashing a model file', () => {
  it('gives the SHA-256 of its bytes, and tells how far it has come', async () => {
    const progress: HashProgress[] = [];
    expect(await hashModelFile(path, { onProgress: (step) => progress.push(step) })).toBe(HASH);
    expect(progress.map(({ bytesRead }) => bytesRead)).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => n * MEGABYTE),
      BYTES.length,
    ]);
    expect(new Set(progress.map(({ bytesTotal }) => bytesTotal))).toEqual(new Set([BYTES.length]));
  });

  it('also of none', async () => {
    const empty = join(folder, 'empty.bin');
    await writeFile(empty, '');
    expect(await hashModelFile(empty)).toBe(createHash('sha256').digest('hex'));
  });

  it('stops when asked to, and when the listener fails', async () => {
    const controller = new AbortController();
    const onProgress = (): void => {
      controller.abort(new Error('enough'));
    };
    await expect(hashModelFile(path, { signal: controller.signal, onProgress })).rejects.toThrow('enough');
    const failing = (): void => {
      throw new Error('listener');
    };
    await expect(hashModelFile(path, { onProgress: failing })).rejects.toThrow('listener');
  });

  it('refuses what is no file, and a file that changes meanwhile', async () => {
    const refusal = { name: 'ConfigurationError', code: 'option_invalid' };
    await expect(hashModelFile(folder)).rejects.toMatchObject(refusal);
    await expect(hashModelFile('/dev/zero')).rejects.toMatchObject(refusal);
    await expect(hashModelFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    const growing = join(folder, 'growing.bin');
    await writeFile(growing, BYTES);
    let grown: Promise<void> | undefined;
    const onProgress = (): void => {
      grown ??= appendFile(growing, 'more');
    };
    const hashing = hashModelFile(growing, { onProgress });
    await expect(hashing).rejects.toMatchObject(refusal);
    await grown;
  });
});

describe('verifying a model file', () => {
  const signers = () => publisher.publicKey;

  it('compares the file with what was signed', async () => {
    expect((await verifyModelFile(path, signed, signers)).fileMatches).toBe(true);
    const other = join(folder, 'other.bin');
    await writeFile(other, BYTES.subarray(1));
    expect(await rejectionOf(verifyModelFile(other, signed, signers))).toBe('model_hash_mismatch');
  });

  it('reads no file for a publisher whom nobody trusts', async () => {
    const missing = join(folder, 'none');
    expect(await rejectionOf(verifyModelFile(missing, signed, () => undefined))).toBe('model_signer_unknown');
    expect(await rejectionOf(verifyModelFile(missing, { ...signed, name: 'x' }, signers))).toBe(
      'model_signature_invalid',
    );
  });
});
