import type { RemovableCheck } from './checks.js';

const LISTING = 'toolset/toolset-listing.ts';

/** The checks of a list of tools, as {@link REMOVABLE_CHECKS}. */
export const TOOLSET_CHECKS: readonly RemovableCheck[] = [
  {
    check: 'signature of a list of tools',
    file: LISTING,
    find: "throw new McpsError('toolset_signature_invalid');",
    replace: "void new McpsError('toolset_signature_invalid');",
    attacks: ['leaves a tool out and adapts the statement'],
  },
  {
    check: 'root of a list of tools',
    file: LISTING,
    find: "if ((yield* rootOf(entries)) !== statement.root) throw new McpsError('toolset_mismatch');",
    replace: '',
    attacks: ['exchanges a tool for another', 'puts another tool first', 'renames a tool'],
  },
  {
    check: 'count of a list of tools',
    file: LISTING,
    find: "if (entries.length !== statement.count) throw new McpsError('toolset_mismatch');",
    replace: '',
    attacks: ['counts otherwise than it lists'],
  },
  {
    check: 'one statement for all pages',
    file: LISTING,
    find: "if (before.statement !== undefined && !sameList(before.statement, statement)) throw new McpsError('toolset_mismatch');",
    replace: '',
    attacks: ['mixes the pages of two lists'],
  },
  {
    check: 'end of a list of tools',
    file: LISTING,
    find: "if (isTooMuch) throw new McpsError('toolset_mismatch');",
    replace: 'void isTooMuch;',
    attacks: ['lists without an end'],
  },
  {
    check: 'cursor of a page',
    file: LISTING,
    find: "&& nextCursor !== ''",
    replace: '',
    attacks: ['hides the rest behind a cursor that is empty'],
  },
  {
    check: 'version of a list of tools',
    file: 'toolset/toolset-pins.ts',
    find: "if (pinned.root !== root) throw new McpsError('toolset_rolled_back');",
    replace: '',
    attacks: ['goes back to an earlier list', 'states another list under the same version'],
  },
];
