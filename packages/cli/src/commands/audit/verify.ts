import type { VerifiedAuditTrail } from '@mcps/audit';
import { EXPECTED_HEAD_FORMS, readExpectedHead } from '../../audit/expected-head.js';
import { readTrailKeys } from '../../audit/trail-keys.js';
import { verifyTrail } from '../../audit/verify-trail.js';
import type { Decisions } from '../../audit/verify-trail.js';
import type { Cli } from '../../cli.js';
import { collect, leaf } from '../../leaf.js';
import type { Output } from '../../output/output.js';
import { table } from '../../output/table.js';

const MORE = `
A trail is verified against the keys that its writers sign with: of "mcps wrap --identity FILE --audit TRAIL" that is the key of the identity's passport. Of one
file, the older ones beside it (FILE.1, FILE.2 ...) are verified with it; several files are one trail, the oldest first.

Without --expect-head a trail that ends early cannot be told from one that was cut off, and lines behind the last checkpoint are by nobody: both are told.`;

/** `mcps audit verify`: whether a trail is still as it was written. */
export function verifyCommand(cli: Cli) {
  return leaf('verify', 'verify that nothing in an audit trail was changed, added, removed or moved')
    .argument('<file...>', 'the trail')
    .option('--key <file>', 'public key of a writer, PEM or JWK; repeatable', collect)
    .option('--identity <file>', 'or the identity or passport of the writer; repeatable', collect)
    .option('--expect-head <head>', `a checkpoint that the trail must have: ${EXPECTED_HEAD_FORMS}`)
    .addHelpText('after', MORE)
    .action((files, options) =>
      cli.run(options, async (output) => {
        const keys = await readTrailKeys(options);
        const expectedHead =
          options.expectHead === undefined ? undefined : await readExpectedHead(options.expectHead, files);
        const { trail, decisions } = await verifyTrail(files, { keys, expectedHead }, cli.process, output.json);
        output.result({ valid: true, ...trail, decisions }, () => summary(trail, decisions));
        warn(trail, expectedHead !== undefined, output);
        return undefined;
      }),
    );
}

function summary(
  trail: VerifiedAuditTrail,
  { accepted, refused, reported, noticed, acceptedCalls }: Decisions,
): string {
  return table([
    ['valid', trail.trail],
    ['lines', `${trail.firstSeq} to ${trail.lastSeq}, signed through ${trail.signedThrough}`],
    [
      'entries',
      `${trail.entries} (${accepted} accepted, ${refused} refused, ${reported} reported, ${noticed} noticed)`,
    ],
    ['tool calls', `${acceptedCalls} accepted`],
    ['checkpoints', String(trail.checkpoints)],
    ['ended', trail.closed ? 'by its writer' : 'no'],
    ['lost events', String(trail.lostEvents)],
  ]);
}

/** What a valid trail does not show, in words: a person would take "valid" for "whole". */
function warn(trail: VerifiedAuditTrail, hasHead: boolean, output: Output): void {
  if (trail.startsMidway) output.note('mcps: the beginning is not there: older files were deleted, or are withheld');
  if (trail.unsignedEntries > 0)
    output.note(
      `mcps: ${trail.unsignedEntries} entries at the end are not signed yet: whoever can write the file may have written them`,
    );
  if (!trail.closed && !hasHead)
    output.note('mcps: the writer is still at work, or was interrupted, or the end was cut off: --expect-head tells');
  if (trail.interruptions > 0)
    output.note(
      `mcps: writers were interrupted ${trail.interruptions} times; ${trail.cutBytes} bytes of unfinished lines were cut off`,
    );
}
