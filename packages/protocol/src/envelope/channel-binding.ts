import { isWellFormed } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';

/** Holds a channel binding to its form. Throws `ConfigurationError` `option_invalid` for one that is no text, is empty or has no UTF-8 form. */
export function checkChannelBinding(channelBinding: unknown): string | undefined {
  if (channelBinding === undefined) return undefined;
  // Published signers leave an empty binding out: to take one here would look like protection and be none.
  if (typeof channelBinding !== 'string' || channelBinding === '' || !isWellFormed(channelBinding)) {
    throw new ConfigurationError(
      'option_invalid',
      'The channel binding is no text, is empty, or holds half of a surrogate pair',
    );
  }
  return channelBinding;
}
