import type { AuditTrailFault } from '@mcps/audit';

const CHANGED =
  'Somebody has changed the trail, or its medium is damaged: up to the line before, it is as it was written. Keep the file as it is.';

const STEPS: Readonly<Partial<Record<AuditTrailFault, string>>> = {
  file_unreadable: 'Check the name of the file, and whether you may read it.',
  trail_empty: 'There is no line in it: was it emptied, or is it another file?',
  truncated: 'Lines are missing at the end. While a writer is at work, its last line may be half written: try again.',
  line_malformed: 'Is it a trail? A plain file of "--audit-format jsonl" cannot be verified.',
  checkpoint_key_unknown: 'The trail was signed with another key: give that of its writer, with --key or --identity.',
  head_before_start: 'The files begin after the expected head: give the older ones, too.',
  trail_changed: 'The files, or the expected head, are of different trails.',
};

/** What a person does about a fault of a trail. */
export function nextStepOfFault(fault: AuditTrailFault): string {
  return STEPS[fault] ?? CHANGED;
}
