import { Members } from '../passport/members.js';
import type { Evidence, EvidenceSubject, EvidenceType } from './types.js';

const EVIDENCE = { required: ['type', 'issuer', 'subject', 'issued_at', 'expires_at', 'result', 'signature'] };
const SUBJECT = { required: ['name', 'version', 'key'], optional: ['digest'] };
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/**
 * Reads a piece of evidence from parsed JSON: exact members, types and formats. Nothing is verified.
 *
 * Throws `McpsError` `passport_malformed`, as evidence is part of a passport.
 */
export function readEvidence(value: unknown): Evidence {
  const members: Members = new Members(value, EVIDENCE, 'passport_malformed');
  const type = members.value('type');
  if (!isEvidenceType(type) || members.value('result') !== 'pass') members.fail();
  return {
    type,
    issuer: members.text('issuer'),
    subject: readSubject(members.value('subject')),
    issued_at: members.timestamp('issued_at'),
    expires_at: members.timestamp('expires_at'),
    result: 'pass',
    signature: members.signature('signature'),
  };
}

/** Whether a value is one of the two types of evidence. */
function isEvidenceType(value: unknown): value is EvidenceType {
  return value === 'scan' || value === 'audit';
}

function readSubject(value: unknown): EvidenceSubject {
  const members: Members = new Members(value, SUBJECT, 'passport_malformed');
  return {
    name: members.text('name'),
    version: members.text('version'),
    key: members.matching('key', THUMBPRINT),
    ...(members.has('digest') ? { digest: members.matching('digest', SHA256_HEX) } : {}),
  };
}
