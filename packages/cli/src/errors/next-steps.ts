import type { ErrorCode, Reason } from '@mcps/protocol';

/** What to do about a refusal, where the reason alone says it. */
const BY_REASON: Readonly<Partial<Record<Reason, string>>> = {
  envelope_missing:
    'The message is not signed: sign it with "mcps sign", or secure its sender with "mcps connect" or "mcps wrap".',
  passport_signature_invalid:
    'The passport bears the name of an authority that you believe and the signature of another key. Compare your anchors with what the authority prints.',
  passport_malformed: 'The file is no passport of MCPS 1.0: look at it with "mcps passport inspect".',
  passport_not_yet_valid: 'Compare the clocks: "mcps doctor".',
  passport_id_mismatch: 'The message was signed under another passport: give that one.',
  level_insufficient:
    'Add the issuer of the passport to the trust anchors, get a passport of a higher level, or ask for less with --min-trust-level.',
  effective_level_insufficient:
    'Levels 2 and above need a fresh status: give --trust-authority, and see whether it can be reached ("mcps doctor").',
  origin_mismatch: 'The passport is bound to another origin: compare --origin with "mcps passport inspect".',
  tool_pin_changed:
    'See what has changed with "mcps tool diff". If the change is meant, approve it with "mcps tool pin --update".',
  tool_signature_missing: 'Nobody has signed the tool: "mcps tool sign", or "mcps wrap" for all tools of a server.',
  tool_signer_unknown: 'Give the passport of the signer with --passport, or its key with --public-key.',
  tool_hash_mismatch: 'The tool was changed after it was signed. Get it again from its author.',
  model_hash_mismatch: 'The file is not the one that was signed. Get it again from its publisher.',
  model_signer_unknown: 'Give the passport of the publisher with --passport, or its key with --public-key.',
  unknown_passport: 'The authority does not know this passport: is it the one that issued it?',
};

/** What to do about a refusal with a code, whatever the reason. */
const BY_CODE: Readonly<Record<ErrorCode, string>> = {
  'MCPS-001': 'Look at the passport with "mcps passport inspect", and compare its issuer with your trust anchors.',
  'MCPS-002': 'Get a new passport: "mcps passport renew".',
  'MCPS-003': 'The passport counts no more, for good. Its holder needs a new key and a new passport.',
  'MCPS-004': 'The message or its signature was changed, or it was signed with another key than that of the passport.',
  'MCPS-005': 'A message counts once. Send a new one.',
  'MCPS-006': 'Compare the clocks of both machines ("mcps doctor"). For a message that is kept, give --any-age.',
  'MCPS-007': 'Is the authority running, and reachable from here? See "mcps doctor".',
  'MCPS-008': 'The tool or model is not what its author has signed, or not what was approved here before.',
  'MCPS-009': 'A passport of a higher level is needed, or a lower --min-trust-level.',
  'MCPS-010': 'Wait, and try again.',
  'MCPS-011': 'The message or passport is meant for another server.',
  'MCPS-012':
    'The session is not the one that the handshake began: does something on the way change, merge or reorder messages?',
  'MCPS-013': 'A passport has at most 8,192 bytes: leave capabilities or chain entries out.',
  'MCPS-014': 'A passport has at most 5 issuers above it.',
  'MCPS-015': 'The other side speaks another version of MCPS: update one of the two.',
};

/** What a person can do about a refusal. */
export function nextStepOf(code: ErrorCode, reason: Reason): string {
  return BY_REASON[reason] ?? BY_CODE[code];
}
