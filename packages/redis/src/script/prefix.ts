import { ConfigurationError } from '@mcps/protocol';

/**
 * The name of a store on its server. Braces in it would move the hash tag, and the keys apart.
 *
 * @throws ConfigurationError `option_invalid`
 */
export function checkPrefix(prefix: string, of: string): string {
  if (typeof prefix === 'string' && /^[\w:.-]{1,128}$/.test(prefix)) return prefix;
  throw new ConfigurationError(
    'option_invalid',
    `The option \`prefix\` of the ${of} must be 1 to 128 letters, digits or characters of \`:._-\`.`,
  );
}
