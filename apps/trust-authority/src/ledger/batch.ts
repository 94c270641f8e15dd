import { encodeUtf8 } from '@mcps/crypto';
import { formatTimestamp } from '@mcps/protocol';
import { AuthorityError } from '../error.js';
import { leafOf } from '../log/entries.js';
import type { LogEntry } from '../log/entries.js';
import { hashLeaf } from '../log/tree.js';
import type { TreeEdge, TreeNode } from '../log/tree.js';
import type { RevocationReason } from '../passport-record.js';
import type { PassportRow } from '../store/repository.js';
import type { LogLeavesTable, PassportsTable, RevocationsTable } from '../store/schema.js';
import type { LedgerState } from './state.js';

/** A passport that has been signed and is to be known. */
export type NewPassport = Omit<PassportsTable, 'leaf_index' | 'superseded_by' | 'superseded_at'>;

export interface UsedChallenge {
  readonly challenge: string;
  readonly expiresAtMs: number;
}

export interface BatchInput {
  readonly state: LedgerState;
  readonly edge: TreeEdge;
  /** Of the challenges that the changes name, those that nobody has used before. */
  readonly freshChallenges: ReadonlySet<string>;
  /** The passports that the changes name. */
  readonly passports: readonly PassportRow[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** What a batch adds to the tables. */
export interface BatchOutput {
  readonly state: LedgerState;
  readonly leaves: readonly LogLeavesTable[];
  readonly nodes: readonly TreeNode[];
  readonly passports: readonly PassportsTable[];
  readonly revocations: readonly RevocationsTable[];
  readonly superseded: readonly { readonly id: string; readonly by: string; readonly atMs: number }[];
}

/**
 * Changes that become durable together. Each sees what those before it have done. As whoever has a batch holds the lock of all writers, what it reads is
 * what will be true when it is committed.
 */
export class Batch {
  readonly now: number;
  readonly #edge: TreeEdge;
  readonly #fresh: Set<string>;
  readonly #passports: Map<string, PassportRow>;
  readonly #initial: LedgerState;
  #epoch: number;
  readonly #leaves: LogLeavesTable[] = [];
  readonly #nodes: TreeNode[] = [];
  readonly #newPassports: PassportsTable[] = [];
  readonly #revocations: RevocationsTable[] = [];
  readonly #superseded = new Map<string, { readonly id: string; readonly by: string; readonly atMs: number }>();

  constructor(input: BatchInput) {
    this.now = input.now;
    this.#initial = input.state;
    this.#epoch = input.state.epoch;
    this.#edge = input.edge;
    this.#fresh = new Set(input.freshChallenges);
    this.#passports = new Map(input.passports.map((row) => [row.id, row]));
  }

  /** How much has been written so far: a change that is refused must have left it as it was. */
  get writes(): number {
    return this.#leaves.length;
  }

  /** Throws `AuthorityError` `challenge_used`. It stays used also where the change that asked for it is refused later. */
  takeChallenge(challenge: string): void {
    if (!this.#fresh.delete(challenge)) throw new AuthorityError('challenge_used', 'The challenge has been used.');
  }

  /** A passport that the change has named beforehand, or that the batch has issued. */
  passport(id: string): PassportRow | undefined {
    return this.#passports.get(id);
  }

  log(entry: LogEntry): number {
    const leaf = leafOf(entry);
    const hash = hashLeaf(encodeUtf8(leaf));
    const idx = this.#edge.size;
    this.#nodes.push(...this.#edge.append(hash));
    this.#leaves.push({ idx, leaf, hash, logged_at: this.now });
    return idx;
  }

  issue(passport: NewPassport): PassportRow {
    if (this.#passports.has(passport.id)) throw new AuthorityError('passport_conflict', 'The passport id is taken.');
    const common = { at: formatTimestamp(this.now), passport_id: passport.id, passport_digest: passport.digest };
    const previous = passport.supersedes === null ? undefined : this.passport(passport.supersedes);
    const leafIndex = this.log(
      previous === undefined
        ? { type: 'issued', ...common }
        : {
            type: previous.key_thumbprint === passport.key_thumbprint ? 'renewed' : 'rotated',
            ...common,
            supersedes: previous.id,
          },
    );
    const row = { ...passport, leaf_index: leafIndex, superseded_by: null, superseded_at: null };
    this.#newPassports.push(row);
    const known = { ...row, revocation_epoch: null, revocation_reason: null, revoked_at: null, revocation_leaf: null };
    this.#passports.set(row.id, known);
    return known;
  }

  /** Says that a passport of the batch has a successor, and when it will be revoked for that. */
  supersede(id: string, by: string, atMs: number): void {
    const row = this.#passports.get(id);
    if (row === undefined) throw new Error('Only a passport that has been read can be superseded');
    this.#superseded.set(id, { id, by, atMs });
    this.#passports.set(id, { ...row, superseded_by: by, superseded_at: atMs });
  }

  /** Revokes a passport of the batch; one that is revoked already stays as it is. */
  revoke(id: string, reason: RevocationReason): PassportRow {
    const row = this.#passports.get(id);
    if (row === undefined) throw new AuthorityError('passport_unknown', 'There is no passport of that id.');
    if (row.revocation_epoch !== null) return row;
    this.#epoch += 1;
    const leafIndex = this.log({
      type: 'revoked',
      at: formatTimestamp(this.now),
      passport_id: row.id,
      passport_digest: row.digest,
      reason,
      epoch: this.#epoch,
    });
    this.#revocations.push({
      epoch: this.#epoch,
      passport_id: row.id,
      reason,
      revoked_at: this.now,
      passport_expires_at: row.expires_at,
      status_index: row.status_index,
      leaf_index: leafIndex,
      list_number: this.#initial.listNumber + 1,
    });
    const revoked = {
      ...row,
      revocation_epoch: this.#epoch,
      revocation_reason: reason,
      revoked_at: this.now,
      revocation_leaf: leafIndex,
    };
    this.#passports.set(id, revoked);
    return revoked;
  }

  finish(): BatchOutput {
    const hasRevoked = this.#revocations.length > 0;
    return {
      state: {
        era: this.#initial.era,
        epoch: this.#epoch,
        treeSize: this.#edge.size,
        rootHash: this.#edge.rootHash,
        listNumber: this.#initial.listNumber + (hasRevoked ? 1 : 0),
      },
      leaves: this.#leaves,
      nodes: this.#nodes,
      passports: this.#newPassports,
      revocations: this.#revocations,
      superseded: [...this.#superseded.values()],
    };
  }
}
