import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { auditTrailFiles } from '@mcps/audit';
import type { TrailHead } from '@mcps/audit';
import { parseJson } from '@mcps/crypto';
import { UsageError } from '../errors/cli-error.js';
import { isObject, parseObject, readText } from '../files/read-input.js';

/** For the help of the option. */
export const EXPECTED_HEAD_FORMS = 'a file with its line, or SEQ:HASH';

/**
 * The head that a trail must have: from a file with a checkpoint's line, or {trail, seq, hash} of it; or `seq:hash`, for the trail that the files are of.
 *
 * @param files as named on the command line
 * @throws UsageError
 */
export async function readExpectedHead(text: string, files: readonly string[]): Promise<TrailHead> {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq !== undefined && hash !== undefined) {
    // The hash is over the name of the trail, too: a wrong one here lets nothing pass.
    return { trail: await nameOfTrail(files), seq: Number(seq), hash };
  }
  const value = parseObject(await readText(text, 'expected head'), 'expected head');
  const { trail, seq: number, hash: digest } = value;
  if (
    typeof trail !== 'string' ||
    !isSequence(number) ||
    typeof digest !== 'string' ||
    !/^[0-9a-f]{64}$/.test(digest)
  ) {
    throw new UsageError(`The expected head is none: ${EXPECTED_HEAD_FORMS}.`, { reason: 'head_malformed' });
  }
  return { trail, seq: number, hash: digest };
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** What the first line says. Where it says nothing, verification will say so of that very line. */
async function nameOfTrail(files: readonly string[]): Promise<string> {
  const [only = ''] = files;
  const first = files.length === 1 ? auditTrailFiles(only)[0] : only;
  if (first === undefined) return '';
  const stream = createReadStream(first, { end: 65_536 });
  try {
    for await (const line of createInterface({ input: stream })) {
      const value = parseJson(line);
      return isObject(value) && typeof value['trail'] === 'string' ? value['trail'] : '';
    }
  } catch {
    // Verification reads the same file.
  } finally {
    stream.destroy();
  }
  return '';
}
