import { isWellFormed } from '../encoding/utf8.js';
import { refuseLoneSurrogate } from './refusal.js';

/**
 * A member name and the text in front of its value. A string's quotation marks are part of the texts on both
 * sides of it, which saves two concatenations a member. Both tuples have one text for each {@link After}.
 */
export interface Member {
  readonly name: string;
  readonly beforeString: Leads;
  readonly beforeOther: Leads;
}

type Leads = readonly [string, string, string];

/** What a member comes after: the opening brace, a string, or any other value. */
export type After = typeof AFTER_BRACE | typeof AFTER_STRING | typeof AFTER_OTHER;

export const AFTER_BRACE = 0;
export const AFTER_STRING = 1;
export const AFTER_OTHER = 2;

/** Names longer than this are not kept. */
export const MAX_KEPT_NAME_LENGTH = 48;

const MAX_KEPT_MEMBERS = 1024;
const members = new Map<string, Member>();

/** The member called `name`, out of a bounded cache that holds names alone. @throws CryptoError `json_lone_surrogate` */
export function memberOf(name: string): Member {
  const kept = members.get(name);
  if (kept !== undefined) return kept;
  if (!isWellFormed(name)) throw refuseLoneSurrogate();
  const text = `${JSON.stringify(name)}:`;
  const member: Member = {
    name,
    beforeString: [`{${text}"`, `",${text}"`, `,${text}"`],
    beforeOther: [`{${text}`, `",${text}`, `,${text}`],
  };
  if (name.length <= MAX_KEPT_NAME_LENGTH) {
    if (members.size >= MAX_KEPT_MEMBERS) members.clear();
    members.set(name, member);
  }
  return member;
}
