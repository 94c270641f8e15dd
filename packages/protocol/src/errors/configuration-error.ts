/** What can be wrong with how MCPS is configured or called, out of a closed list. These faults are local: none of them ever crosses the wire. */
export type ConfigurationFault =
  | 'option_invalid'
  | 'option_missing'
  | 'option_unsupported'
  | 'anchor_required'
  | 'test_key_refused'
  | 'key_mismatch'
  | 'transport_unsupported'
  | 'already_secured'
  | 'already_connected'
  | 'state_unavailable';

/** A mistake in how MCPS is configured or called, found before anything is sent. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code: ConfigurationFault;

  constructor(code: ConfigurationFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
