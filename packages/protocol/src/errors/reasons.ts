import type { ErrorCode } from './codes.js';

/**
 * Where in the normative order of checks a reason belongs. The first fault in this order decides the code that a peer is told, so that every
 * implementation answers a message with several faults alike.
 */
export const STAGES = [
  'limits',
  'shape',
  'version',
  'time',
  'passport',
  'signature',
  'session',
  'static-level',
  'rate',
  'nonce',
  'revocation',
  'effective-level',
  'artefact',
] as const;

export type Stage = (typeof STAGES)[number];

interface ReasonEntry {
  readonly stage: Stage;
  readonly code: ErrorCode;
}

const at = <S extends Stage, C extends ErrorCode>(stage: S, code: C): { readonly stage: S; readonly code: C } => ({
  stage,
  code,
});

/** The closed list of reasons: the stage of the order of checks and the one MCPS code of each. */
export const REASONS = {
  // limits: per connection, before anything is believed
  connection_limit: at('limits', 'MCPS-010'),
  state_unavailable: at('limits', 'MCPS-010'),
  message_too_large: at('limits', 'MCPS-004'),
  message_too_deep: at('limits', 'MCPS-004'),
  // shape: what kind of message this is, and where its envelope travels
  message_not_object: at('shape', 'MCPS-004'),
  message_kind_ambiguous: at('shape', 'MCPS-004'),
  container_not_object: at('shape', 'MCPS-004'),
  carrier_ambiguous: at('shape', 'MCPS-004'),
  carrier_created_invalid: at('shape', 'MCPS-004'),
  carrier_not_exact: at('shape', 'MCPS-004'),
  envelope_missing: at('shape', 'MCPS-004'),
  envelope_malformed: at('shape', 'MCPS-004'),
  message_not_canonical: at('shape', 'MCPS-004'),
  message_not_signable: at('shape', 'MCPS-004'),
  reserved_member: at('shape', 'MCPS-004'),
  profile_malformed: at('shape', 'MCPS-004'),
  header_mismatch: at('shape', 'MCPS-004'),
  // version
  version_unsupported: at('version', 'MCPS-015'),
  no_common_version: at('version', 'MCPS-015'),
  // time
  timestamp_malformed: at('time', 'MCPS-006'),
  timestamp_too_old: at('time', 'MCPS-006'),
  timestamp_in_future: at('time', 'MCPS-006'),
  below_store_floor: at('time', 'MCPS-006'),
  // passport: size, shape, depth, expiry, origin, chain, key
  unknown_passport: at('passport', 'MCPS-001'),
  passport_too_large: at('passport', 'MCPS-013'),
  passport_malformed: at('passport', 'MCPS-001'),
  passport_id_mismatch: at('passport', 'MCPS-001'),
  passport_id_conflict: at('passport', 'MCPS-001'),
  passport_store_full: at('passport', 'MCPS-010'),
  chain_too_deep: at('passport', 'MCPS-014'),
  passport_expired: at('passport', 'MCPS-002'),
  passport_not_yet_valid: at('passport', 'MCPS-001'),
  origin_mismatch: at('passport', 'MCPS-011'),
  chain_malformed: at('passport', 'MCPS-001'),
  chain_expired: at('passport', 'MCPS-002'),
  chain_link_mismatch: at('passport', 'MCPS-001'),
  issuing_not_permitted: at('passport', 'MCPS-001'),
  issuing_depth_exceeded: at('passport', 'MCPS-001'),
  issuing_level_exceeded: at('passport', 'MCPS-001'),
  issuing_capabilities_exceeded: at('passport', 'MCPS-001'),
  issuing_expiry_exceeded: at('passport', 'MCPS-001'),
  passport_signature_invalid: at('passport', 'MCPS-001'),
  passport_key_invalid: at('passport', 'MCPS-001'),
  passport_is_issuing: at('passport', 'MCPS-001'),
  rotation_invalid: at('passport', 'MCPS-001'),
  possession_invalid: at('passport', 'MCPS-001'),
  possession_expired: at('passport', 'MCPS-001'),
  // signature
  signature_malformed: at('signature', 'MCPS-004'),
  signature_high_s: at('signature', 'MCPS-004'),
  signature_invalid: at('signature', 'MCPS-004'),
  // session: pin, transcript, context, reply binding
  signer_changed: at('session', 'MCPS-004'),
  signer_is_self: at('session', 'MCPS-005'),
  hello_missing: at('session', 'MCPS-012'),
  downgrade: at('session', 'MCPS-012'),
  binding_missing: at('session', 'MCPS-012'),
  binding_mismatch: at('session', 'MCPS-012'),
  binding_signature_invalid: at('session', 'MCPS-012'),
  binding_pending: at('session', 'MCPS-012'),
  context_missing: at('session', 'MCPS-012'),
  session_mismatch: at('session', 'MCPS-012'),
  session_unknown: at('session', 'MCPS-012'),
  audience_mismatch: at('session', 'MCPS-011'),
  direction_reflected: at('session', 'MCPS-005'),
  sequence_repeated: at('session', 'MCPS-005'),
  sequence_gap: at('session', 'MCPS-005'),
  reply_unbound: at('session', 'MCPS-012'),
  reply_mismatch: at('session', 'MCPS-012'),
  retry_invalid: at('session', 'MCPS-005'),
  // levels
  level_insufficient: at('static-level', 'MCPS-009'),
  rate_limited: at('rate', 'MCPS-010'),
  rate_limiter_unavailable: at('rate', 'MCPS-010'),
  // nonce
  nonce_repeated: at('nonce', 'MCPS-005'),
  replay_store_full: at('nonce', 'MCPS-010'),
  replay_store_unavailable: at('nonce', 'MCPS-005'),
  // revocation
  passport_revoked: at('revocation', 'MCPS-003'),
  issuer_revoked: at('revocation', 'MCPS-003'),
  status_unavailable: at('revocation', 'MCPS-007'),
  status_stale: at('revocation', 'MCPS-007'),
  status_invalid: at('revocation', 'MCPS-007'),
  status_list_rolled_back: at('revocation', 'MCPS-007'),
  status_gap: at('revocation', 'MCPS-007'),
  status_fork: at('revocation', 'MCPS-007'),
  key_set_rolled_back: at('revocation', 'MCPS-007'),
  bundle_rolled_back: at('revocation', 'MCPS-007'),
  log_proof_invalid: at('revocation', 'MCPS-007'),
  effective_level_insufficient: at('effective-level', 'MCPS-009'),
  // artefacts: tools and models
  tool_malformed: at('artefact', 'MCPS-008'),
  tool_signature_missing: at('artefact', 'MCPS-008'),
  tool_signature_malformed: at('artefact', 'MCPS-008'),
  tool_signature_invalid: at('artefact', 'MCPS-008'),
  tool_hash_mismatch: at('artefact', 'MCPS-008'),
  tool_signer_unknown: at('artefact', 'MCPS-008'),
  tool_pin_changed: at('artefact', 'MCPS-008'),
  tool_pin_store_full: at('artefact', 'MCPS-008'),
  tool_name_collision: at('artefact', 'MCPS-008'),
  tool_not_verified: at('artefact', 'MCPS-008'),
  toolset_malformed: at('artefact', 'MCPS-008'),
  toolset_missing: at('artefact', 'MCPS-008'),
  toolset_signer_unknown: at('artefact', 'MCPS-008'),
  toolset_signature_invalid: at('artefact', 'MCPS-008'),
  toolset_mismatch: at('artefact', 'MCPS-008'),
  toolset_rolled_back: at('artefact', 'MCPS-008'),
  model_malformed: at('artefact', 'MCPS-008'),
  model_signer_unknown: at('artefact', 'MCPS-008'),
  model_signature_invalid: at('artefact', 'MCPS-008'),
  model_hash_mismatch: at('artefact', 'MCPS-008'),
} as const satisfies Record<string, ReasonEntry>;

/** Why a check failed, out of a closed list. */
export type Reason = keyof typeof REASONS;

/** Whether a string from outside is one of the closed list of reasons. */
export function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(REASONS, value);
}
