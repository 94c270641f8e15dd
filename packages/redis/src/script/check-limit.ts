import { ConfigurationError } from '@mcps/protocol';

/** @throws ConfigurationError `option_invalid` for anything but an integer of 1 to 2^30. */
export function checkLimit(name: string, value: number, of: string): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= 2 ** 30) return value;
  throw new ConfigurationError(
    'option_invalid',
    `The option \`${name}\` of the ${of} must be an integer of 1 to 2^30.`,
  );
}
