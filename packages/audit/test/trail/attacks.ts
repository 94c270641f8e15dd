import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { canonicalize, decodeBase64, encodeBase64 } from '@mcps/crypto';
import { signSync } from '@mcps/crypto/node';
import type { AuditTrailFault, TrailHead } from '../../src/index.js';
import { hashOf, isCheckpoint, signedBytes } from '../../src/trail/trail-line.js';
import type { CheckpointLine, TrailLine } from '../../src/trail/trail-line.js';
import { STRANGER, linesIn, putTexts, rechained, textsIn, writeTrail } from '../support/trail.js';

/** A trail of ten entries: `open` is line 1, entries are 2-5, 7-10, 12 and 13, checkpoints 6, 11 and 14. */
export interface Attack {
  readonly code: AuditTrailFault;
  readonly line?: number;
  /** Does the deed. Returns what is verified: the path, unless it says otherwise, and the head that is expected. */
  run(path: string, heads: readonly TrailHead[]): Promise<Target | undefined> | Target | undefined;
  /** Options of the writer. */
  readonly options?: { readonly maxBytes?: number; readonly maxFiles?: number };
}

export interface Target {
  readonly paths?: string | readonly string[];
  readonly expectedHead?: TrailHead | undefined;
}

const SMALL = { maxBytes: 1500, maxFiles: 50 };
const edit = (path: string, change: (texts: string[]) => string[]): undefined => {
  putTexts(path, change(textsIn(path)));
};
/** As `edit`, with numbers, links and hashes made anew. */
const forge = (path: string, change: (lines: TrailLine[]) => TrailLine[]): undefined => {
  putTexts(path, rechained(change(linesIn(path))));
};
const changed = (line: TrailLine): TrailLine => ({ ...line, record: { event: 'message.accepted', level: 4 } });
const at = (lines: readonly TrailLine[], number: number): TrailLine => lines[number - 1]!;
const checkpointAt = (lines: readonly TrailLine[], number: number): CheckpointLine => {
  const line = at(lines, number);
  if (!isCheckpoint(line)) throw new Error('not a checkpoint');
  return line;
};
const rehashed = (line: TrailLine): TrailLine => ({ ...line, hash: hashOf(line) });

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
function highS(signature: string): string {
  const bytes = Buffer.from(decodeBase64(signature));
  const s = ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  bytes.write(s.toString(16).padStart(64, '0'), 32, 'hex');
  return encodeBase64(bytes);
}

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'an entry is changed': {
    code: 'hash_mismatch',
    line: 3,
    run: (path) =>
      edit(path, (texts) => texts.map((text, index) => (index === 2 ? text.replace('"level":2', '"level":4') : text))),
  },
  'an entry is changed, and its hash': {
    code: 'chain_broken',
    line: 4,
    run: (path) => {
      const lines = linesIn(path).map((line, index) => (index === 2 ? rehashed(changed(line)) : line));
      putTexts(
        path,
        lines.map((line) => canonicalize(line)),
      );
      return undefined;
    },
  },
  'an entry is changed, and all hashes after it': {
    code: 'checkpoint_signature_invalid',
    line: 6,
    run: (path) => forge(path, (lines) => lines.map((line, index) => (index === 2 ? changed(line) : line))),
  },
  'an entry is deleted': { code: 'sequence_gap', line: 3, run: (path) => edit(path, (texts) => texts.toSpliced(2, 1)) },
  'an entry is deleted, and the rest chained anew': {
    code: 'checkpoint_signature_invalid',
    line: 5,
    run: (path) => forge(path, (lines) => lines.toSpliced(2, 1)),
  },
  'a checkpoint is deleted, and the rest chained anew': {
    code: 'checkpoint_signature_invalid',
    line: 10,
    run: (path) => forge(path, (lines) => lines.toSpliced(5, 1)),
  },
  'an entry is repeated': {
    code: 'sequence_repeated',
    line: 4,
    run: (path) => edit(path, (texts) => texts.toSpliced(3, 0, texts[2]!)),
  },
  'an entry is inserted, and the rest chained anew': {
    code: 'checkpoint_signature_invalid',
    line: 7,
    run: (path) => forge(path, (lines) => lines.toSpliced(3, 0, changed(at(lines, 2)))),
  },
  'two entries change places': {
    code: 'sequence_gap',
    line: 3,
    run: (path) => edit(path, (texts) => texts.toSpliced(2, 2, texts[3]!, texts[2]!)),
  },
  'two entries change places, and the rest is chained anew': {
    code: 'checkpoint_signature_invalid',
    line: 6,
    run: (path) => forge(path, (lines) => lines.toSpliced(2, 2, at(lines, 4), at(lines, 3))),
  },
  'the end is cut at a line': {
    code: 'truncated',
    run: (path, heads) => {
      edit(path, (texts) => texts.slice(0, 12));
      return { expectedHead: heads.at(-1) };
    },
  },
  'the end is cut at a checkpoint': {
    code: 'truncated',
    run: (path, heads) => {
      edit(path, (texts) => texts.slice(0, 11));
      return { expectedHead: heads.at(-1) };
    },
  },
  'the end is cut in a line': {
    code: 'truncated',
    line: 14,
    run: (path) => {
      writeFileSync(path, readFileSync(path).subarray(0, -20));
      return undefined;
    },
  },
  'the line feed at the end is cut': {
    code: 'truncated',
    line: 14,
    run: (path) => {
      writeFileSync(path, readFileSync(path).subarray(0, -1));
      return undefined;
    },
  },
  'the newest file is deleted': {
    code: 'truncated',
    options: SMALL,
    run: (path, heads) => {
      rmSync(path);
      return { expectedHead: heads.at(-1) };
    },
  },
  'everything is emptied': {
    code: 'trail_empty',
    run: (path) => {
      writeFileSync(path, '');
      return undefined;
    },
  },
  'every file is deleted': {
    code: 'file_unreadable',
    run: (path) => {
      rmSync(path);
      return undefined;
    },
  },
  'a file in the middle is deleted': {
    code: 'sequence_gap',
    options: SMALL,
    run: (path) => {
      rmSync(`${path}.1`);
      return undefined;
    },
  },
  'two files change places': {
    code: 'sequence_repeated',
    options: SMALL,
    run: (path) => {
      renameSync(`${path}.1`, `${path}.x`);
      renameSync(path, `${path}.1`);
      renameSync(`${path}.x`, path);
      return { paths: [`${path}.1`, path] };
    },
  },
  'the oldest file loses its beginning': {
    code: 'checkpoint_missing',
    line: 1,
    run: (path) => edit(path, (texts) => texts.slice(1)),
  },
  'the files before a head are deleted, and the head is older': {
    code: 'head_before_start',
    options: SMALL,
    run: (path, heads) => ({ paths: [path], expectedHead: heads[0] }),
  },
  'another trail of the same writer takes its place': {
    code: 'trail_changed',
    run: async (path, heads) => {
      await writeTrail(`${path}.other`);
      return { paths: `${path}.other`, expectedHead: heads.at(-1) };
    },
  },
  'a file of another trail is put behind it': {
    code: 'trail_changed',
    line: 1,
    run: async (path) => {
      await writeTrail(`${path}.other`);
      return { paths: [path, `${path}.other`] };
    },
  },
  'somebody else signs a trail': {
    code: 'checkpoint_key_unknown',
    line: 1,
    run: async (path) => {
      await writeTrail(`${path}.other`, { key: STRANGER.privateKey });
      return { paths: `${path}.other` };
    },
  },
  'somebody else signs in the name of the key': {
    code: 'checkpoint_signature_invalid',
    line: 14,
    run: (path) =>
      forge(path, (lines) => {
        const line = checkpointAt(lines, 14);
        return lines.with(13, { ...line, signature: encodeBase64(signSync(STRANGER.privateKey, signedBytes(line))) });
      }),
  },
  'a checkpoint is replayed': {
    code: 'sequence_repeated',
    line: 15,
    run: (path) => edit(path, (texts) => [...texts, texts[5]!]),
  },
  'a checkpoint is replayed in another place': {
    code: 'checkpoint_signature_invalid',
    line: 12,
    run: (path) => forge(path, (lines) => [...lines.slice(0, 11), at(lines, 6)]),
  },
  'entries are added behind the end': {
    code: 'checkpoint_missing',
    line: 15,
    run: (path) => forge(path, (lines) => [...lines, changed(at(lines, 2))]),
  },
  'the end is cut, and made anew without the key': {
    code: 'head_mismatch',
    line: 11,
    run: (path, heads) => {
      forge(path, (lines) => [...lines.slice(0, 10), ...lines.slice(1, 5), ...lines.slice(6, 10)]);
      return { expectedHead: heads.find(({ seq }) => seq === 11) };
    },
  },
  'the last signature is given its other form': {
    code: 'checkpoint_signature_invalid',
    line: 14,
    run: (path) =>
      forge(path, (lines) => {
        const line = checkpointAt(lines, 14);
        return lines.with(13, { ...line, signature: highS(line.signature) });
      }),
  },
  'a line is written in another form': {
    code: 'line_malformed',
    line: 3,
    run: (path) => edit(path, (texts) => texts.with(2, texts[2]!.replace('{', '{ '))),
  },
  'an unfinished line is longer than any': {
    code: 'line_too_long',
    line: 15,
    run: (path) => {
      appendFileSync(path, 'x'.repeat(65_537));
      return undefined;
    },
  },
};
