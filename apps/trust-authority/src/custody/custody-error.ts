/** What can keep a key from being used, out of a closed list. */
export type CustodyFault =
  | 'custody_key_exists'
  | 'custody_key_missing'
  /** The key file is no key file of ours, asks for more than we spend on one, or holds another key than it says. */
  | 'custody_key_malformed'
  | 'custody_name_invalid'
  /** The passphrase does not open the key file, or the file was changed. */
  | 'custody_passphrase_wrong'
  /** Others than the owner may read or write a file or folder that keeps secrets. */
  | 'custody_permissions'
  /** The token, module or service that keeps the keys does not answer, or refuses. */
  | 'custody_unavailable'
  /** This custody only uses keys that were made elsewhere. */
  | 'custody_unsupported';

/** A key cannot be made or used. `message` says what an operator can do; it never holds a secret. */
export class CustodyError extends Error {
  override readonly name = 'CustodyError';
  readonly code: CustodyFault;

  constructor(code: CustodyFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
