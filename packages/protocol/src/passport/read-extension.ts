import { readEvidence } from '../evidence/read.js';
import { isTrustLevel } from '../trust-level/levels.js';
import { MAX_CAPABILITIES, MAX_CHAIN_DEPTH, MAX_EVIDENCE } from './limits.js';
import { Members } from './members.js';
import type { IssuingRight, PassportExtension } from './types.js';

const EXTENSION = { required: [], optional: ['issuing', 'evidence', 'status_index', 'min_version'] };
const ISSUING = { required: ['depth', 'level', 'capabilities'] };
const VERSION = /^(?:0|[1-9]\d{0,5})\.(?:0|[1-9]\d{0,5})$/;

/**
 * Reads a passport's `ext`. An unknown member is a fault: it might narrow what the passport allows, and an old verifier must not ignore that.
 *
 * Throws `McpsError` `passport_malformed`.
 */
export function readExtension(value: unknown): PassportExtension {
  const members: Members = new Members(value, EXTENSION, 'passport_malformed');
  return {
    ...(members.has('issuing') ? { issuing: readIssuingRight(members.value('issuing')) } : {}),
    ...(members.has('evidence') ? { evidence: members.list('evidence', MAX_EVIDENCE).map(readEvidence) } : {}),
    ...(members.has('status_index')
      ? { status_index: members.integer('status_index', 0, Number.MAX_SAFE_INTEGER) }
      : {}),
    ...(members.has('min_version') ? { min_version: members.matching('min_version', VERSION) } : {}),
  };
}

function readIssuingRight(value: unknown): IssuingRight {
  const members: Members = new Members(value, ISSUING, 'passport_malformed');
  const level = members.value('level');
  if (!isTrustLevel(level)) members.fail();
  return {
    depth: members.integer('depth', 0, MAX_CHAIN_DEPTH - 1),
    level,
    capabilities: members.texts('capabilities', MAX_CAPABILITIES),
  };
}
