import { ConfigurationError } from '../errors/index.js';

// Far beyond what any tool is called. What is remembered comes from servers and is kept for long.
const MAX_NAME_LENGTH = 1_024;

/** Whether a name is too long to be remembered. */
export function isTooLong(name: string): boolean {
  return name.length > MAX_NAME_LENGTH;
}

/** Throws `ConfigurationError` `option_invalid` unless `value` is a whole number from 1 on. */
export function checkLimit(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ConfigurationError('option_invalid', `The option \`${name}\` must be a whole number from 1 on.`);
  }
  return value;
}
