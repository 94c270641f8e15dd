/** What an authority refuses, or cannot do, out of a closed list. */
export type AuthorityErrorCode =
  /** A member of the request is missing, malformed or too large; the message names it. */
  | 'request_invalid'
  /** The challenge is none of ours, or its time has passed. */
  | 'challenge_invalid'
  /** The challenge has been used. */
  | 'challenge_used'
  /** The proof does not show that the requester holds the key. */
  | 'proof_invalid'
  /** The policy does not let this requester have what it asks for. */
  | 'policy_refused'
  /** What is asked for exceeds the right of the issuer above. */
  | 'right_exceeded'
  | 'passport_unknown'
  | 'passport_revoked'
  | 'passport_expired'
  /** The passport already has a successor; `successorId` names it. */
  | 'passport_superseded'
  /** Another passport is known under that id. */
  | 'passport_conflict'
  /** The signed rotation does not fit the passport, or is not signed by both keys. */
  | 'rotation_invalid'
  /** The report of a scan, or the record of an audit, is malformed or about something else. */
  | 'evidence_invalid'
  /** The scan found something critical, or the audit did not pass. */
  | 'evidence_negative'
  /** No leaf, tree size or list of that number: nothing that this log has. */
  | 'log_range'
  /** The list that a delta is asked from is too old, or of another era: fetch the whole list. */
  | 'list_gone'
  /** The root key has not been at hand yet to sign a key set. */
  | 'key_set_missing'
  /** More is waiting than may wait; try again. */
  | 'busy'
  /** The database does not answer, or not in time. Whether a change was made is not known. */
  | 'store_unavailable'
  /** What is remembered outside the database cannot be written. Whether a change was made is not known. */
  | 'witness_unavailable'
  /** A key's custodian does not answer. */
  | 'signer_unavailable'
  /** The database is older than what this authority has already said: nothing is signed until an operator has looked. */
  | 'state_rolled_back'
  | 'closed';

/** A refusal or a failure of the authority. Callers branch on `code`; the message names no key and no secret. */
export class AuthorityError extends Error {
  override readonly name = 'AuthorityError';
  readonly code: AuthorityErrorCode;
  /** The member of the request that is at fault, where there is one. */
  readonly member?: string;
  readonly successorId?: string;

  constructor(
    code: AuthorityErrorCode,
    message: string,
    options: ErrorOptions & { readonly member?: string; readonly successorId?: string } = {},
  ) {
    super(message, options);
    this.code = code;
    if (options.member !== undefined) this.member = options.member;
    if (options.successorId !== undefined) this.successorId = options.successorId;
  }
}
