import type { AuditEvent } from '@mcps/protocol';

/** What became of the thing that a record tells of. `noticed`: nothing was decided. */
export type AuditDecision = 'accepted' | 'refused' | 'reported' | 'noticed';

/**
 * One decision of MCPS, flat, as every sink gets it: JSON without nesting. A member that has no value is absent. It never holds the content of a message, nor a
 * key. Texts that a peer chooses are at most 256 UTF-16 units, whole characters, and free of control characters (`cleanText`).
 */
export interface AuditRecord {
  /** RFC 3339, UTC, milliseconds: `2026-03-01T12:00:00.000Z`. */
  readonly time: string;
  /** The type of the event, `message.accepted` for one, or `audit.lost`. */
  readonly event: AuditEvent['type'] | 'audit.lost';
  /** Which side reports it; absent of `audit.lost`. */
  readonly role?: 'client' | 'server';
  readonly decision: AuditDecision;

  /** The peer's passport, verified. Never beside `claimedPassportId`. */
  readonly passportId?: string;
  readonly agentName?: string;
  readonly agentVersion?: string;
  /** The trust level that the peer had at this moment, 0 to 4. */
  readonly level?: number;
  /** The anchor's name and the passport id. */
  readonly identity?: string;
  /** What the envelope of a refused message claims. Nothing vouches for it. */
  readonly claimedPassportId?: string;

  /** `request`, `notification`, `response` … of a message. */
  readonly kind?: string;
  readonly method?: string;
  /** Of an HTTP request without a body. */
  readonly verb?: string;
  /** Name of the tool that is called, or judged. */
  readonly tool?: string;
  /** Identity of the server that lists the tool. */
  readonly server?: string;
  /** The JSON-RPC id. */
  readonly id?: string | number;
  /** SHA-256 of the message, lower-case hex, as it was signed. */
  readonly messageHash?: string;

  /** `MCPS-001` to `MCPS-015`. */
  readonly code?: string;
  /** The reason of the specification's table. */
  readonly reason?: string;
  /** The stage of the order of checks that refused it. */
  readonly stage?: string;
  /** What the decision took, milliseconds. */
  readonly latencyMs?: number;

  /** Transcript hash, lower-case hex. */
  readonly session?: string;
  /** The number that never came, of `sequence.lost`. */
  readonly sequence?: number;
  /** Why two tools may be taken for one another, of `tool.collision`, and which the other one is. */
  readonly collision?: string;
  readonly otherServer?: string;
  readonly otherTool?: string;

  /** How many events are missing here, of `audit.lost`; and the times of the first and the last of them. */
  readonly count?: number;
  readonly from?: string;
  readonly to?: string;
}

/** The members whose values can be redacted: all that name somebody or something. */
export const REDACTABLE_MEMBERS = [
  'passportId',
  'agentName',
  'agentVersion',
  'identity',
  'claimedPassportId',
  'method',
  'tool',
  'server',
  'id',
  'messageHash',
  'session',
  'otherServer',
  'otherTool',
] as const;

export type RedactableMember = (typeof REDACTABLE_MEMBERS)[number];
