import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { decodeUtf8 } from '@mcps/crypto';
import { writeFileDurably } from '../files/durable-file.js';
import { readPrivateFile } from '../files/private-file.js';

const MAX_BYTES = 4096;

/** The passphrase of the keys, and whether it lies beside them. */
export interface Passphrase {
  readonly passphrase: string;
  /** The file it comes from, where nobody has configured one. */
  readonly file?: string;
}

/**
 * The configured passphrase; or else the one in the data folder, which is made at the first start. A passphrase beside what it protects keeps keys out of
 * copies of the key folder alone: say so to the operator.
 */
export async function resolvePassphrase(configured: string | undefined, dataDir: string): Promise<Passphrase> {
  if (configured !== undefined) return { passphrase: configured };
  const file = join(dataDir, 'key-passphrase');
  const made = randomBytes(32).toString('base64url');
  try {
    await writeFileDurably(file, `${made}\n`, { exclusive: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const passphrase = decodeUtf8(await readPrivateFile(file, MAX_BYTES)).replace(/\r?\n$/, '');
  return { passphrase, file };
}
