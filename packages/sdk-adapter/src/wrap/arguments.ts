import { parseArgs } from 'node:util';
import { errorCode } from './error-code.js';

/** Where the passport and its key are: in one file, together with the anchors if it has any, or in two. */
export type WrapIdentity =
  | { readonly file: string }
  | { readonly passportFile: string; readonly key: { readonly file: string } | { readonly text: string } };

/** What the command line and the environment ask for. Files are named, not read yet. */
export interface WrapSettings {
  readonly command: string;
  readonly commandArguments: readonly string[];
  readonly identity: WrapIdentity;
  readonly anchorsFile: string | undefined;
  readonly statusListFiles: readonly string[];
  readonly trustAuthority: string | undefined;
  readonly statusMaxAgeMs: number | undefined;
  readonly minTrustLevel: 0 | 1 | 2 | 3 | 4;
  readonly allowUnsigned: boolean;
  readonly allowPublishedPeers: boolean;
  readonly carrier: 'auto' | 'meta' | 'top-level' | undefined;
  readonly audiences: readonly string[];
  readonly observe: boolean;
  readonly auditFile: string | undefined;
}

export type WrapRequest =
  { readonly type: 'help' } | { readonly type: 'version' } | { readonly type: 'run'; readonly settings: WrapSettings };

/** A mistake in how the command was called. Its message is for a person, and repeats no secret. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

const OPTIONS = {
  identity: { type: 'string' },
  passport: { type: 'string' },
  key: { type: 'string' },
  anchors: { type: 'string' },
  'status-list': { type: 'string', multiple: true },
  'trust-authority': { type: 'string' },
  'status-max-age': { type: 'string' },
  'min-trust-level': { type: 'string' },
  'allow-unsigned': { type: 'boolean' },
  'allow-published-peers': { type: 'boolean' },
  carrier: { type: 'string' },
  audience: { type: 'string', multiple: true },
  observe: { type: 'boolean' },
  audit: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/**
 * Reads the command line, with the environment for what it leaves out. Everything after `--` belongs to the wrapped command.
 *
 * @throws UsageError
 */
export function readArguments(argv: readonly string[], env: Environment): WrapRequest {
  const split = argv.indexOf('--');
  const own = split === -1 ? argv : argv.slice(0, split);
  const [command, ...commandArguments] = split === -1 ? [] : argv.slice(split + 1);
  const values = parse(own);
  if (values.help === true) return { type: 'help' };
  if (values.version === true) return { type: 'version' };
  if (command === undefined || command === '') throw new UsageError('Name the command to wrap after "--".');
  const allowUnsigned = flag(values['allow-unsigned'], env['MCPS_ALLOW_UNSIGNED']);
  const minTrustLevel = trustLevel(values['min-trust-level'] ?? env['MCPS_MIN_TRUST_LEVEL']);
  if (allowUnsigned && minTrustLevel !== 0) {
    throw new UsageError('--allow-unsigned needs --min-trust-level 0: an unsigned client has no trust level above it.');
  }
  const identity = identityOf(values, env);
  const anchorsFile = nonEmpty(values.anchors ?? env['MCPS_TRUST_ANCHORS_FILE']);
  const statusListFiles = texts(values['status-list'], env['MCPS_STATUS_LIST_FILE']);
  const trustAuthority = nonEmpty(values['trust-authority'] ?? env['MCPS_TRUST_AUTHORITY']);
  if (trustAuthority !== undefined && statusListFiles.length > 0) {
    throw new UsageError('--trust-authority and --status-list both say who is revoked: give one of them.');
  }
  if (minTrustLevel >= 2 && statusListFiles.length === 0 && trustAuthority === undefined) {
    throw new UsageError(
      '--min-trust-level 2 and above needs --trust-authority URL or --status-list FILE: a client must be known not to be revoked.',
    );
  }
  if (statusListFiles.length > 0 && anchorsFile === undefined && !('file' in identity)) {
    throw new UsageError(
      '--status-list needs --anchors FILE: whose list it is tells the keys that it must be signed by.',
    );
  }
  return {
    type: 'run',
    settings: {
      command,
      commandArguments,
      identity,
      anchorsFile,
      statusListFiles,
      trustAuthority,
      statusMaxAgeMs: seconds('--status-max-age', values['status-max-age'] ?? env['MCPS_STATUS_MAX_AGE']),
      minTrustLevel,
      allowUnsigned,
      allowPublishedPeers: flag(values['allow-published-peers'], env['MCPS_ALLOW_PUBLISHED_PEERS']),
      carrier: carrierOf(values.carrier ?? env['MCPS_CARRIER']),
      audiences: texts(values.audience, env['MCPS_AUDIENCE']),
      observe: flag(values.observe, env['MCPS_OBSERVE']),
      auditFile: nonEmpty(values.audit ?? env['MCPS_AUDIT_FILE']),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false, strict: true }).values;
  } catch (error) {
    if (errorCode(error) === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
      throw new UsageError('The command to wrap, with its arguments, goes after "--".', { cause: error });
    }
    // parseArgs words its errors for a person already; it repeats the option's name only, or a stray word.
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read.');
  }
}

interface IdentityValues {
  readonly identity?: string | undefined;
  readonly passport?: string | undefined;
  readonly key?: string | undefined;
}

function identityOf(values: IdentityValues, env: Environment): WrapIdentity {
  const given = nonEmpty(values.identity);
  if (given !== undefined && (values.passport !== undefined || values.key !== undefined)) {
    throw new UsageError('--identity has the passport and the key in it: leave --passport and --key out.');
  }
  // An option on the command line, in either form, comes before a variable.
  const file =
    given ??
    (values.passport === undefined && values.key === undefined ? nonEmpty(env['MCPS_IDENTITY_FILE']) : undefined);
  if (file !== undefined) return { file };
  return {
    passportFile: required(
      values.passport ?? env['MCPS_PASSPORT_FILE'],
      '--identity FILE (or MCPS_IDENTITY_FILE), or --passport FILE (or MCPS_PASSPORT_FILE) and --key FILE',
    ),
    key: keySource(values.key, env),
  };
}

type KeySource = Extract<WrapIdentity, { readonly key: unknown }>['key'];

function keySource(file: string | undefined, env: Environment): KeySource {
  const named = nonEmpty(file ?? env['MCPS_PRIVATE_KEY_FILE']);
  const text = nonEmpty(env['MCPS_PRIVATE_KEY']);
  if (file === undefined && named !== undefined && text !== undefined) {
    throw new UsageError('MCPS_PRIVATE_KEY and MCPS_PRIVATE_KEY_FILE are both set: which key is meant?');
  }
  if (named !== undefined) return { file: named };
  if (text !== undefined) return { text };
  throw new UsageError('The private key is missing: give --key FILE (or MCPS_PRIVATE_KEY_FILE, or MCPS_PRIVATE_KEY).');
}

function trustLevel(text: string | undefined): WrapSettings['minTrustLevel'] {
  switch (text) {
    case undefined:
    case '':
    case '1':
      return 1;
    case '0':
      return 0;
    case '2':
      return 2;
    case '3':
      return 3;
    case '4':
      return 4;
    default:
      throw new UsageError('--min-trust-level must be a whole number from 0 to 4.');
  }
}

function carrierOf(text: string | undefined): WrapSettings['carrier'] {
  if (text === undefined || text === '') return undefined;
  if (text === 'auto' || text === 'meta' || text === 'top-level') return text;
  throw new UsageError('--carrier must be auto, meta or top-level.');
}

function flag(given: boolean | undefined, variable: string | undefined): boolean {
  if (given !== undefined) return given;
  if (variable === undefined || variable === '' || variable === '0' || variable === 'false') return false;
  if (variable === '1' || variable === 'true') return true;
  throw new UsageError('Switches in the environment are 1 or 0.');
}

function required(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new UsageError(`Missing: ${what}.`);
  return value;
}

/** What was given, once or several times, or else the one of the environment. */
function texts(given: readonly string[] | undefined, variable: string | undefined): readonly string[] {
  if (given !== undefined) return given;
  const one = nonEmpty(variable);
  return one === undefined ? [] : [one];
}

function seconds(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} must be a whole number of seconds.`);
  return Number(text) * 1_000;
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
