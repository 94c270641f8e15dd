import { canonicalize, canonicalizeToBytes, decodeBase64, decodeUtf8, parseJson } from '@mcps/crypto';
import type { JsonValue } from '@mcps/crypto';
import { sha256HexSync } from '@mcps/crypto/node';
import { contextBytes } from '@mcps/protocol';

/** The most bytes of one line, its line feed not counted. */
export const MAX_LINE_BYTES = 65_536;
/** What stands in place of the hash of the line before, in the first line of a trail. */
export const NO_LINE = '0'.repeat(64);

/** Why a checkpoint was made: a writer began; enough had come since the last one; a new file began; a writer ended. */
export type CheckpointKind = 'open' | 'interval' | 'rotate' | 'close';
const KINDS: readonly string[] = ['open', 'interval', 'rotate', 'close'] satisfies CheckpointKind[];

/** What a checkpoint says beside its place. */
export interface Checkpoint {
  /** RFC 3339, UTC, milliseconds, by the writer's clock. */
  readonly time: string;
  readonly kind: CheckpointKind;
  /** RFC 7638 thumbprint of the key that signs it. */
  readonly key: string;
  /** Of `open`: how many bytes of an unfinished line the writer has cut off before. */
  readonly cut?: number;
}

interface Place {
  /** Names the trail: 32 hex digits. */
  readonly trail: string;
  /** Counts lines from 1, checkpoints included. */
  readonly seq: number;
  /** Hash of the line before, lower-case hex. */
  readonly prev: string;
}

export interface EntryLine extends Place {
  readonly record: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

export interface CheckpointLine extends Place {
  readonly checkpoint: Checkpoint;
  /** Base64 of 64 bytes. */
  readonly signature: string;
  readonly hash: string;
}

export type TrailLine = EntryLine | CheckpointLine;

/** Whether a line is a checkpoint. */
export function isCheckpoint(line: TrailLine): line is CheckpointLine {
  return 'checkpoint' in line;
}

/** The hash of a line: SHA-256 under the context `audit-entry` of the line without its hash. */
export function hashOf(line: TrailLine): string {
  const { hash: _, ...hashed } = line;
  return hashOfMembers(hashed);
}

/** What a checkpoint's signature is over: the line without signature and hash, under the context `audit-checkpoint`. */
export function signedBytes({ trail, seq, prev, checkpoint }: Omit<CheckpointLine, 'signature' | 'hash'>): Uint8Array {
  return contextBytes('audit-checkpoint', canonicalizeToBytes({ trail, seq, prev, checkpoint }));
}

/** A line as it stands in a file, with its hash and its line feed. */
export function sealed(members: Omit<EntryLine, 'hash'> | Omit<CheckpointLine, 'hash'>): {
  text: string;
  hash: string;
} {
  const hash = hashOfMembers(members);
  return { text: `${canonicalize({ ...members, hash })}\n`, hash };
}

/** Reads a line without its line feed. Undefined unless it is the canonical form of one of the two lines, with exact members. */
export function readTrailLine(bytes: Uint8Array): TrailLine | undefined {
  let value: JsonValue;
  try {
    value = parseJson(bytes, { maxBytes: MAX_LINE_BYTES, maxDepth: 16 });
    if (canonicalize(value, { assumePlain: true }) !== decodeUtf8(bytes)) return undefined;
  } catch {
    return undefined;
  }
  return isTrailLine(value) ? value : undefined;
}

function hashOfMembers(members: object): string {
  return sha256HexSync(contextBytes('audit-entry', canonicalizeToBytes(members, { assumePlain: true })));
}

function isTrailLine(value: unknown): value is TrailLine {
  if (!isObject(value) || !isHex(value['trail'], 32) || !isHex(value['prev'], 64) || !isHex(value['hash'], 64))
    return false;
  if (!isCount(value['seq']) || value['seq'] === 0) return false;
  const names = Object.keys(value).sort().join();
  if (names === 'hash,prev,record,seq,trail') return isObject(value['record']);
  return (
    names === 'checkpoint,hash,prev,seq,signature,trail' &&
    isCheckpointBody(value['checkpoint']) &&
    isSignature(value['signature'])
  );
}

function isCheckpointBody(value: unknown): value is Checkpoint {
  if (!isObject(value)) return false;
  const { time, kind, key, cut } = value;
  const names = Object.keys(value).sort().join();
  if (names !== 'key,kind,time' && !(names === 'cut,key,kind,time' && kind === 'open' && isCount(cut) && cut > 0))
    return false;
  const isTime = typeof time === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time);
  const isKey = typeof key === 'string' && /^[\w-]{43}$/.test(key);
  return isTime && isKey && typeof kind === 'string' && KINDS.includes(kind);
}

function isSignature(value: unknown): boolean {
  try {
    return typeof value === 'string' && decodeBase64(value).length === 64;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHex(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length === length && /^[\da-f]*$/.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
