import { open } from 'node:fs/promises';
import { encodeHex } from '@mcps/crypto';
import { sha256Stream } from '@mcps/crypto/node';
import { ConfigurationError } from '../errors/index.js';
import { verifyModel } from '../model/index.js';
import type { ModelSignerKeys, VerifiedModel } from '../model/index.js';
import { readSignedModel } from '../model/read-model.js';

const CHUNK_BYTES = 1024 * 1024;

/** How far the hashing of a file has come, in bytes. */
export interface HashProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** Settings of {@link hashModelFile}. */
export interface HashModelFileOptions {
  /** Told after each chunk of a megabyte, and once at the end. What it throws ends the hashing. */
  readonly onProgress?: (progress: HashProgress) => void;
  /** Ends the hashing: rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * SHA-256 of a file of any size, 64 lower-case hex characters; holds one chunk of it at a time.
 *
 * Rejects with `ConfigurationError` `option_invalid` for what is no regular file, and for a file that is written to meanwhile; with the system's own
 * error where the file cannot be read.
 */
export async function hashModelFile(path: string, options: HashModelFileOptions = {}): Promise<string> {
  const { onProgress, signal } = options;
  const file = await open(path, 'r');
  try {
    const before = await file.stat();
    if (!before.isFile()) throw new ConfigurationError('option_invalid', 'A model is a regular file.');
    const bytesTotal = before.size;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let bytesRead = 0;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead: count } = await file.read(chunk, 0, CHUNK_BYTES, null);
        if (count === 0) return;
        bytesRead += count;
        yield chunk.subarray(0, count);
        onProgress?.({ bytesRead, bytesTotal });
      }
    }
    const hash = encodeHex(await sha256Stream(chunks()));
    const after = await file.stat();
    if (bytesRead !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
      throw new ConfigurationError('option_invalid', 'The file was written to while it was read.');
    }
    return hash;
  } finally {
    await file.close();
  }
}

/**
 * Verifies signed model metadata, and the file against it. The signature comes first: no file is read for a publisher who is not trusted.
 *
 * Rejects as `verifyModel` does, with `McpsError` `model_hash_mismatch` for another file, and as {@link hashModelFile} does.
 */
export async function verifyModelFile(
  path: string,
  signed: unknown,
  signers: ModelSignerKeys,
  options: HashModelFileOptions = {},
): Promise<VerifiedModel> {
  const copy = readSignedModel(signed);
  await verifyModel(copy, signers);
  return verifyModel(copy, signers, { fileHash: await hashModelFile(path, options) });
}
