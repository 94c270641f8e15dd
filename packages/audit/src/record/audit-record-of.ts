import { formatTimestamp } from '@mcps/protocol';
import type { AuditEvent, AuditPeer } from '@mcps/protocol';
import type { AuditDecision, AuditRecord } from './audit-record.js';
import { cleanText } from './clean-text.js';

/**
 * The record of an event. Reads own members only, and leaves out what is not of its type: an event of a later version of MCPS gives a record of what is known of it.
 */
export function auditRecordOf(event: AuditEvent): AuditRecord {
  const peer = 'peer' in event ? event.peer : undefined;
  const read = readerOf(event);
  const isTool = event.type.startsWith('tool.');
  const collision = readerOf('collision' in event ? event.collision : undefined);
  const time = formatTimestamp(event.atMs);
  return present(
    { time, event: event.type, role: event.role, decision: decisionOf(event.type) },
    {
      ...(peer === undefined ? { claimedPassportId: read.text('claimedPassportId') } : ofPeer(peer)),
      kind: read.text('kind'),
      method: read.text('method'),
      verb: read.text('verb'),
      tool: read.text('tool'),
      server: isTool ? read.text('server') : undefined,
      id: read.number('id') ?? read.text('id'),
      messageHash: read.text('messageHash'),
      code: read.text('code'),
      reason: read.text('reason'),
      stage: read.text('stage'),
      latencyMs: roundedMs(read.number('latencyMs')),
      session: read.text('session'),
      sequence: read.number('sequence'),
      collision: collision.text('kind'),
      otherServer: collision.text('otherServer'),
      otherTool: collision.text('otherName'),
    },
  );
}

/** The record that stands where events are missing. */
export function lossRecord(atMs: number, count: number, from: string, to: string): AuditRecord {
  return { time: formatTimestamp(atMs), event: 'audit.lost', decision: 'noticed', count, from, to };
}

function ofPeer({ passportId, agent, level, identity }: AuditPeer): Draft {
  return {
    passportId: cleanText(passportId),
    agentName: cleanText(agent.name),
    agentVersion: cleanText(agent.version),
    level,
    identity: cleanText(identity),
  };
}

/** An unsigned message that policy let in is accepted; nobody is named in its record. */
function decisionOf(type: AuditEvent['type']): AuditDecision {
  switch (type) {
    case 'message.accepted':
    case 'message.unsigned':
    case 'request.accepted':
    case 'session.established':
    case 'tool.verified':
      return 'accepted';
    case 'message.refused':
    case 'request.refused':
    case 'peer.cut-off':
    case 'tool.refused':
      return 'refused';
    case 'message.reported':
    case 'request.reported':
    case 'peer.reported':
    case 'tool.reported':
      return 'reported';
    case 'sequence.lost':
    case 'tool.collision':
      return 'noticed';
    default:
      return 'noticed';
  }
}

interface Reader {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
}

function readerOf(source: object | undefined): Reader {
  const own = (name: string): unknown =>
    source !== undefined && Object.hasOwn(source, name) ? (source as Record<string, unknown>)[name] : undefined;
  return {
    text: (name) => {
      const value = own(name);
      return typeof value === 'string' ? cleanText(value) : undefined;
    },
    number: (name) => {
      const value = own(name);
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    },
  };
}

/** Microseconds are as fine as anybody measures. */
function roundedMs(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 1000) / 1000;
}

type Draft = { readonly [Name in keyof AuditRecord]?: AuditRecord[Name] | undefined };

function present(record: AuditRecord, more: Draft): AuditRecord {
  const known = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  return { ...record, ...(known as Partial<AuditRecord>) };
}
