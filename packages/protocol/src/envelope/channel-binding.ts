import { ConfigurationError } from '../errors/index.js';

/**
 * The channel binding as the optional member that it is of the signing input.
 *
 * Throws `ConfigurationError` `option_invalid` for one that is no text, is empty or has no UTF-8 form.
 */
export function channelBindingMember(channelBinding: unknown): { readonly channelBinding?: string } {
  if (channelBinding === undefined) return {};
  // Published signers leave an empty binding out: to take one here would look like protection and be none.
  if (typeof channelBinding !== 'string' || channelBinding === '' || /\p{Cs}/u.test(channelBinding)) {
    throw new ConfigurationError(
      'option_invalid',
      'The channel binding is no text, is empty, or holds half of a surrogate pair',
    );
  }
  return { channelBinding };
}
