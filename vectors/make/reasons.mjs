// The code of each reason, as the specification's table has it. Written out here, so that a change of the code under test shows.
const BY_CODE = {
  'MCPS-001':
    'unknown_passport passport_malformed passport_id_mismatch passport_id_conflict passport_not_yet_valid chain_malformed chain_link_mismatch issuing_not_permitted issuing_depth_exceeded issuing_level_exceeded issuing_capabilities_exceeded issuing_expiry_exceeded passport_signature_invalid passport_key_invalid passport_is_issuing rotation_invalid possession_invalid possession_expired',
  'MCPS-002': 'passport_expired chain_expired',
  'MCPS-003': 'passport_revoked issuer_revoked',
  'MCPS-004':
    'message_too_large message_too_deep message_not_object message_kind_ambiguous container_not_object carrier_ambiguous carrier_created_invalid carrier_not_exact envelope_missing envelope_malformed message_not_canonical message_not_signable reserved_member profile_malformed header_mismatch signature_malformed signature_high_s signature_invalid signer_changed',
  'MCPS-005':
    'signer_is_self direction_reflected sequence_repeated sequence_gap retry_invalid nonce_repeated replay_store_unavailable',
  'MCPS-006': 'timestamp_malformed timestamp_too_old timestamp_in_future below_store_floor',
  'MCPS-007':
    'status_unavailable status_stale status_invalid status_list_rolled_back status_gap status_fork key_set_rolled_back bundle_rolled_back log_proof_invalid',
  'MCPS-008':
    'tool_malformed tool_signature_missing tool_signature_malformed tool_signature_invalid tool_hash_mismatch tool_signer_unknown tool_pin_changed tool_pin_store_full tool_name_collision tool_not_verified toolset_malformed toolset_missing toolset_signer_unknown toolset_signature_invalid toolset_mismatch toolset_rolled_back model_malformed model_signature_invalid model_hash_mismatch model_signer_unknown',
  'MCPS-009': 'level_insufficient effective_level_insufficient',
  'MCPS-010':
    'connection_limit state_unavailable rate_limited rate_limiter_unavailable replay_store_full passport_store_full',
  'MCPS-011': 'origin_mismatch audience_mismatch',
  'MCPS-012':
    'hello_missing downgrade binding_missing binding_mismatch binding_signature_invalid binding_pending context_missing session_mismatch session_unknown reply_unbound reply_mismatch',
  'MCPS-013': 'passport_too_large',
  'MCPS-014': 'chain_too_deep',
  'MCPS-015': 'version_unsupported no_common_version',
};

const CODES = new Map(
  Object.entries(BY_CODE).flatMap(([code, reasons]) => reasons.split(' ').map((reason) => [reason, code])),
);

export function codeOfReason(reason) {
  const code = CODES.get(reason);
  if (code === undefined) throw new Error(`Unknown reason ${reason}`);
  return code;
}
