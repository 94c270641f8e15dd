import { Members } from '../passport/members.js';
import { SMALL_STATEMENT, privateCopy } from '../statement/source.js';
import type { StatementSource } from '../statement/index.js';
import { MAX_TOOLSET_TOOLS } from './types.js';
import type { SignedToolset } from './types.js';

const TOOLSET = { required: ['signed_by', 'signed_at', 'version', 'count', 'root', 'signature'] };
const HASH = /^[0-9a-f]{64}$/;

/** Reads a statement over a list of tools: exact members, types and formats. Nothing is verified; frozen. Throws `McpsError` `toolset_malformed`. */
export function readToolset(source: StatementSource): SignedToolset {
  const members = new Members(privateCopy(source, SMALL_STATEMENT, 'toolset_malformed'), TOOLSET, 'toolset_malformed');
  return Object.freeze({
    signed_by: members.text('signed_by'),
    signed_at: members.timestamp('signed_at'),
    version: members.integer('version', 0, Number.MAX_SAFE_INTEGER),
    count: members.integer('count', 0, MAX_TOOLSET_TOOLS),
    root: members.matching('root', HASH),
    signature: members.signature('signature'),
  });
}
