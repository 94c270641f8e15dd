import type { PublicJwk } from '@mcps/crypto';
import type {
  Bundle,
  Evidence,
  IssuingRight,
  Passport,
  StatusBitmap,
  StatusList,
  StatusListDelta,
  TrustLevel,
} from '@mcps/protocol';
import type { AuthorityEvent, StatusStatement, TreeHead } from './formats.js';
import type { PassportRecord, Revocation, RevocationReason } from './passport-record.js';

/**
 * A trust authority, without any notion of how its callers reach it. Every method is safe to call from many requests at once, is bounded in what it keeps
 * waiting, and rejects with `AuthorityError` and nothing else that a caller could cause.
 *
 * What a method has acknowledged is durable: it survives the loss of power. A rejection with `store_unavailable` leaves open whether the change was
 * made; every change can safely be asked for again.
 */
export interface Authority {
  /** The issuer name under which verifiers configure this authority as an anchor. */
  readonly name: string;
  readonly enrolment: Enrolment;
  readonly passports: Passports;
  readonly revocations: Revocations;
  readonly status: Status;
  readonly log: TransparencyLog;
  readonly evidence: EvidenceDesk;
  readonly events: EventFeed;
  /** Whether it can sign and verify at this moment: makes and checks one signature with each key. Never rejects. */
  health(): Promise<Health>;
  /** Resolves once the database has answered; rejects with `store_unavailable` or `state_rolled_back`. */
  ready(): Promise<void>;
  /** Finishes what has been accepted, refuses what comes after, and releases the store. */
  close(): Promise<void>;
}

export interface Health {
  readonly healthy: boolean;
  /** By purpose; the word is `ok` or the code of an `AuthorityError`. */
  readonly checks: Readonly<Record<'passport' | 'status' | 'evidence' | 'store', string>>;
}

/** Who asks, as far as the caller of the authority has authenticated anybody. The policy decides what that is worth. */
export interface Requester {
  /** The name of a token or of another authenticated principal. Absent: anybody. */
  readonly principal?: string;
  /** The highest level that the principal may be given. */
  readonly maxLevel?: TrustLevel;
  /** Whether the principal may be given a right to issue. */
  readonly mayDelegate?: boolean;
}

export interface Challenge {
  /** 32 bytes, base64url. Good for one proof. */
  readonly challenge: string;
  readonly authority: string;
  readonly expiresAtMs: number;
}

export interface Enrolment {
  /** Makes a challenge. Nothing is stored for it, so that asking for many costs nothing but time. */
  challenge(): Promise<Challenge>;
  /**
   * Takes a proof that somebody holds the key of a passport, for what a holder may do without being anybody else. Returns the passport's record.
   *
   * Rejects: `passport_unknown`, `passport_revoked`, `passport_expired`, `challenge_invalid`, `challenge_used`, `proof_invalid`.
   */
  prove(passportId: string, proof: unknown): Promise<PassportRecord>;
}

/** What an agent asks a passport for. */
export interface PassportRequest {
  readonly name: string;
  readonly version: string;
  readonly publicKey: PublicJwk;
  readonly capabilities?: readonly string[];
  readonly origin?: string | null;
  /** Default: what the policy gives. More than it gives is refused. */
  readonly level?: TrustLevel;
  /** Default and maximum: what the policy gives. */
  readonly ttlSeconds?: number;
  readonly issuing?: IssuingRight;
  readonly minVersion?: string;
  /** The signed proof of possession over a challenge of this authority, as received. */
  readonly proof: unknown;
}

export interface RenewRequest {
  readonly proof: unknown;
  readonly ttlSeconds?: number;
}

/** Asks to replace a passport's key. */
export interface RotateRequest {
  readonly newPublicKey: PublicJwk;
  /** The rotation signed by the old key, as received. */
  readonly rotation: unknown;
  /** The proof of possession by the new key, as received. */
  readonly proof: unknown;
  readonly ttlSeconds?: number;
}

export interface Issued {
  readonly passport: Passport;
  readonly record: PassportRecord;
}

export interface PassportQuery {
  /** The beginning of the agent's name. */
  readonly namePrefix?: string;
  readonly status?: 'VALID' | 'REVOKED' | 'EXPIRED';
  readonly keyThumbprint?: string;
  /** 1 to 500. Default 100. */
  readonly limit?: number;
  /** Where the page before ended. */
  readonly cursor?: string;
}

export interface PassportPage {
  readonly records: readonly PassportRecord[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

export interface Passports {
  issue(request: PassportRequest, requester: Requester): Promise<Issued>;
  /** Issues a successor for the same key. The old passport is revoked as superseded after a time of grace; asked again meanwhile, the same successor is returned. */
  renew(passportId: string, request: RenewRequest, requester: Requester): Promise<Issued>;
  /** Issues a successor with a new key, signed for by the old key and the new one. */
  rotate(passportId: string, request: RotateRequest, requester: Requester): Promise<Issued>;
  /** Takes a passport that the holder of a delegated right has issued into the status of this authority. */
  register(passport: unknown, requester: Requester): Promise<PassportRecord>;
  /** `undefined` for an id that was never issued. */
  get(passportId: string): Promise<PassportRecord | undefined>;
  /** Newest first. */
  search(query: PassportQuery): Promise<PassportPage>;
}

export interface RevokeRequest {
  readonly reason: RevocationReason;
  /** Who asks for it, for the log. */
  readonly by?: string;
}

export interface Revocations {
  /** Revokes a passport. Asked again it returns the first revocation, whatever the reason. */
  revoke(passportId: string, request: RevokeRequest): Promise<Revocation & { readonly isNew: boolean }>;
}

/** What goes into a bundle for a site without a connection. */
export interface BundleRequest {
  /** How many passports at most, the newest ones that count: 0 to 10,000. */
  readonly maxPassports: number;
  /** How long it vouches for the list in it. */
  readonly ttlSeconds: number;
}

export interface Status {
  /** A signed answer about any id; `digest`, where given, is that of the passport the asker holds. */
  answer(passportId: string): Promise<StatusStatement>;
  /** A signed VALID that its holder may carry about, living at most an hour. Rejects: `passport_unknown`, `passport_revoked`, `passport_expired`. */
  staple(passportId: string): Promise<StatusStatement>;
  list(): Promise<StatusList>;
  /** What brings the list of number `fromNumber` to the present one; `undefined` where it is the present one. Rejects: `list_gone`. */
  delta(fromNumber: number): Promise<StatusListDelta | undefined>;
  /** The present list in its compact form. */
  bitmap(): Promise<StatusBitmap>;
  /** The keys, the list and passports in one, for sites without a connection. Rejects: `key_set_missing`. */
  bundle(request: BundleRequest): Promise<Bundle>;
}

export interface LogEntry {
  readonly index: number;
  /** The leaf's bytes: UTF-8 of the entry's RFC 8785 form. */
  readonly leaf: string;
  readonly timestampMs: number;
}

export interface InclusionProof {
  readonly leaf: string;
  readonly leafIndex: number;
  readonly treeSize: number;
  /** Lower-case hex, from the leaf's sibling up. */
  readonly path: readonly string[];
}

export interface ConsistencyProof {
  readonly fromSize: number;
  readonly toSize: number;
  readonly path: readonly string[];
}

export interface TransparencyLog {
  treeHead(): Promise<TreeHead>;
  /** Default `treeSize`: that of the present head. Rejects: `log_range`. */
  inclusion(leafIndex: number, treeSize?: number): Promise<InclusionProof>;
  /** The proof for the leaf about the issue of a passport, and the passport's id as `passport_unknown` where there is none. */
  inclusionOf(passportId: string, treeSize?: number): Promise<InclusionProof>;
  consistency(fromSize: number, toSize?: number): Promise<ConsistencyProof>;
  /** From `start` on, at most `limit` (1 to 1000). */
  entries(start: number, limit: number): Promise<readonly LogEntry[]>;
}

export interface EvidenceResult {
  readonly evidence: Evidence;
  /** The passport with the evidence in it, which supersedes the one that was examined. */
  readonly issued: Issued;
}

export interface EvidenceDesk {
  /** Takes a SARIF 2.1.0 report about a passport's agent. Rejects: `evidence_invalid`, `evidence_negative`. */
  scan(passportId: string, report: unknown, by: string): Promise<EvidenceResult>;
  /** Takes the record of an audit. Rejects: `evidence_invalid`, `evidence_negative`. */
  audit(passportId: string, record: unknown, by: string): Promise<EvidenceResult>;
}

export interface EventFeed {
  /**
   * Calls `listener` with every revocation from now on, in the order of epochs and without a gap, also those made by other replicas; and with an event whenever
   * there are other keys. A listener must not throw and must not wait. Returns what ends it.
   */
  subscribe(listener: (event: AuthorityEvent) => void): () => void;
  /** The revocations after an epoch, at most `limit` (1 to 1000), oldest first. Also what an outbox reads: each epoch is there once and for ever. */
  since(epoch: number, limit: number): Promise<readonly AuthorityEvent[]>;
  /** A signed sign of life with the present epoch. */
  heartbeat(): Promise<AuthorityEvent>;
}
