import { ConfigurationError } from '@mcps/protocol';

/** @throws ConfigurationError `option_invalid` unless the value is a whole number from 1 (or `least`) to 2^31 - 1 */
export function checkCount(name: string, value: number, least = 1): number {
  if (Number.isSafeInteger(value) && value >= least && value < 2 ** 31) return value;
  throw new ConfigurationError('option_invalid', `The option \`${name}\` must be a whole number of at least ${least}.`);
}
