import type { TrustLevel } from '@mcps/protocol';
import { UsageError } from '../errors/cli-error.js';
import { identitySource, nonEmpty } from '../identity/identity-source.js';
import type { IdentitySource } from '../identity/identity-source.js';
import type { Environment } from '../process.js';
import type { SecuredOptions } from './secured-leaf.js';

/** What the command line and the environment ask for. Files are named, not read yet. */
export interface SecuredSettings {
  readonly identity: IdentitySource;
  readonly passphraseFile: string | undefined;
  readonly anchorsFile: string | undefined;
  readonly statusListFiles: readonly string[];
  readonly trustAuthority: string | undefined;
  readonly statusMaxAgeMs: number | undefined;
  readonly minTrustLevel: TrustLevel;
  readonly allowUnsigned: boolean;
  readonly allowPublishedPeers: boolean;
  readonly carrier: 'auto' | 'meta' | 'top-level' | undefined;
  readonly observe: boolean;
  readonly audit: AuditSettings | undefined;
}

/** Where decisions are written down, and as what. */
export interface AuditSettings {
  readonly file: string;
  readonly format: 'trail' | 'jsonl';
  readonly headFile: string | undefined;
}

/**
 * The settings of one side of a connection, from the options, and the environment for what they leave out.
 *
 * @throws UsageError
 */
export function readSettings(options: SecuredOptions, env: Environment): SecuredSettings {
  const allowUnsigned = flag(options.allowUnsigned, env['MCPS_ALLOW_UNSIGNED']);
  const minTrustLevel = trustLevel(options.minTrustLevel ?? env['MCPS_MIN_TRUST_LEVEL']);
  if (allowUnsigned && minTrustLevel !== 0) {
    throw new UsageError('--allow-unsigned needs --min-trust-level 0: an unsigned peer has no trust level above it.');
  }
  const identity = identitySource(options, env);
  const anchorsFile = nonEmpty(options.anchors ?? env['MCPS_TRUST_ANCHORS_FILE']);
  const statusListFiles = texts(options.statusList, env['MCPS_STATUS_LIST_FILE']);
  const trustAuthority = nonEmpty(options.trustAuthority ?? env['MCPS_TRUST_AUTHORITY']);
  if (trustAuthority !== undefined && statusListFiles.length > 0) {
    throw new UsageError('--trust-authority and --status-list both say who is revoked: give one of them.');
  }
  if (minTrustLevel >= 2 && statusListFiles.length === 0 && trustAuthority === undefined) {
    throw new UsageError(
      '--min-trust-level 2 and above needs --trust-authority URL or --status-list FILE: a peer must be known not to be revoked.',
    );
  }
  if (statusListFiles.length > 0 && anchorsFile === undefined && !('file' in identity)) {
    throw new UsageError(
      '--status-list needs --anchors FILE: whose list it is tells the keys that it must be signed by.',
    );
  }
  return {
    identity,
    passphraseFile: options.passphraseFile,
    anchorsFile,
    statusListFiles,
    trustAuthority,
    statusMaxAgeMs: seconds('--status-max-age', options.statusMaxAge ?? env['MCPS_STATUS_MAX_AGE']),
    minTrustLevel,
    allowUnsigned,
    allowPublishedPeers: flag(options.allowPublishedPeers, env['MCPS_ALLOW_PUBLISHED_PEERS']),
    carrier: carrierOf(options.carrier ?? env['MCPS_CARRIER']),
    observe: flag(options.observe, env['MCPS_OBSERVE']),
    audit: auditOf(options, env),
  };
}

function trustLevel(text: string | undefined): TrustLevel {
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

function auditOf(options: SecuredOptions, env: Environment): AuditSettings | undefined {
  const file = nonEmpty(options.audit ?? env['MCPS_AUDIT_FILE']);
  const format = nonEmpty(options.auditFormat ?? env['MCPS_AUDIT_FORMAT']) ?? 'trail';
  const headFile = nonEmpty(options.auditHead ?? env['MCPS_AUDIT_HEAD_FILE']);
  if (format !== 'trail' && format !== 'jsonl') throw new UsageError('--audit-format must be trail or jsonl.');
  if (headFile !== undefined && (file === undefined || format !== 'trail')) {
    throw new UsageError('--audit-head goes with --audit FILE as a trail: plain lines have no checkpoints.');
  }
  return file === undefined ? undefined : { file, format, headFile };
}

function carrierOf(text: string | undefined): SecuredSettings['carrier'] {
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

/** What was given, once or several times, or else the one of the environment. */
export function texts(given: readonly string[] | undefined, variable: string | undefined): readonly string[] {
  if (given !== undefined) return given;
  const one = nonEmpty(variable);
  return one === undefined ? [] : [one];
}

function seconds(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} must be a whole number of seconds.`);
  return Number(text) * 1_000;
}
