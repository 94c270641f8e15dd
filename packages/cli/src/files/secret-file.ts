import { open } from 'node:fs/promises';
import { UsageError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';

/** A private key for P-256 is a few hundred bytes in any form. */
const MAX_KEY_BYTES = 16_384;

/** An identity has passport, chain and anchors beside the key. */
const MAX_IDENTITY_BYTES = 1_048_576;

/** What a secret file is, for the message. */
export type SecretKind = 'private key' | 'identity' | 'authority' | 'passphrase' | 'token';

/**
 * Reads a file with a secret in it. On POSIX systems it must be a regular file to which group and others have no access at all; looked at and read through one
 * handle, so that nobody swaps the file in between. No error repeats what is in it.
 *
 * @throws UsageError
 */
export async function readSecretFile(
  path: string,
  kind: SecretKind = 'private key',
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw new UsageError(`The ${kind} file cannot be opened (${errorCode(error)}).`, {
      reason: 'file_unreadable',
      nextStep: 'Check the name of the file, and whether you may read it.',
    });
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new UsageError(`The ${kind} file is no regular file.`);
    if (platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      throw new UsageError(
        `The ${kind} file is open to group or others: its mode must be 0600 or 0400 (chmod 600 FILE).`,
        { reason: 'file_mode', nextStep: `chmod 600 ${path}` },
      );
    }
    const maxBytes = kind === 'identity' || kind === 'authority' ? MAX_IDENTITY_BYTES : MAX_KEY_BYTES;
    if (stats.size > maxBytes) throw new UsageError(`The ${kind} file is too large to be one.`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
