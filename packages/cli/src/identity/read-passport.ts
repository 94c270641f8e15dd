import { McpsError, parsePassport } from '@mcps/protocol';
import type { Passport } from '@mcps/protocol';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { isObject, parseObject } from '../files/read-input.js';

/**
 * Reads a passport from JSON: alone, or as the `passport` of an identity or of an authority's answer. Nothing in it is verified.
 *
 * @throws McpsError, CliError `json`
 */
export function passportIn(text: string): Passport {
  const value = parseObject(text, 'passport');
  const inner = value['passport'];
  try {
    return parsePassport(isObject(inner) || typeof inner === 'string' ? inner : value).passport;
  } catch (error) {
    if (!(error instanceof McpsError)) throw error;
    throw new CliError('json', `This is no passport that can be used: ${error.message}.`, {
      mcps: error.code,
      reason: error.reason,
      nextStep: 'Give the JSON of a signed passport, or of an identity ({passport, privateKey, trustAnchors?}).',
      exitCode: EXIT.refused,
      cause: error,
    });
  }
}
