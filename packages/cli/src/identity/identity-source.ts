import { UsageError } from '../errors/cli-error.js';
import type { Environment } from '../process.js';

/** Where passport and key are: in one file, together with the anchors if it has any, or in two. */
export type IdentitySource =
  | { readonly file: string }
  | { readonly passportFile: string; readonly key: { readonly file: string } | { readonly text: string } };

/** The options that say so. */
export interface IdentityValues {
  readonly identity?: string | undefined;
  readonly passport?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Where the identity is, from the options, or the environment for what they leave out.
 *
 * @throws UsageError
 */
export function identitySource(values: IdentityValues, env: Environment): IdentitySource {
  const given = nonEmpty(values.identity);
  if (given !== undefined && (values.passport !== undefined || values.key !== undefined)) {
    throw new UsageError('--identity has the passport and the key in it: leave --passport and --key out.');
  }
  // An option on the command line, in either form, comes before a variable.
  const file =
    given ??
    (values.passport === undefined && values.key === undefined ? nonEmpty(env['MCPS_IDENTITY_FILE']) : undefined);
  if (file !== undefined) return { file };
  const passportFile = nonEmpty(values.passport ?? env['MCPS_PASSPORT_FILE']);
  if (passportFile === undefined) {
    throw new UsageError(
      'Missing: --identity FILE (or MCPS_IDENTITY_FILE), or --passport FILE (or MCPS_PASSPORT_FILE) and --key FILE.',
      { reason: 'option_missing', nextStep: 'Make identities with "mcps init". See --help.' },
    );
  }
  return { passportFile, key: keySource(values.key, env) };
}

type KeySource = Extract<IdentitySource, { readonly key: unknown }>['key'];

function keySource(file: string | undefined, env: Environment): KeySource {
  const named = nonEmpty(file ?? env['MCPS_PRIVATE_KEY_FILE']);
  const text = nonEmpty(env['MCPS_PRIVATE_KEY']);
  if (file === undefined && named !== undefined && text !== undefined) {
    throw new UsageError('MCPS_PRIVATE_KEY and MCPS_PRIVATE_KEY_FILE are both set: which key is meant?');
  }
  if (named !== undefined) return { file: named };
  if (text !== undefined) return { text };
  throw new UsageError('The private key is missing: give --key FILE (or MCPS_PRIVATE_KEY_FILE, or MCPS_PRIVATE_KEY).', {
    reason: 'option_missing',
  });
}

/** An option or variable that is there and says something. */
export function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
