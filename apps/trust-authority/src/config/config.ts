import { join } from 'node:path';
import { SETTINGS } from './settings.js';
import type { GivenSettings, SettingName } from './settings.js';

/** Where the keys are kept. */
export type CustodyConfig =
  | {
      readonly kind: 'file';
      readonly folder: string;
      /** Absent: one is made at the first start, in a file beside the folder. */
      readonly passphrase?: string;
    }
  | { readonly kind: 'pkcs11'; readonly module: string; readonly tokenLabel: string; readonly pin: string };

/** The whole configuration, checked. Paths are absolute. */
export interface AuthorityConfig {
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  /** Absent: that of the database, or a new one. */
  readonly name?: string;
  readonly dataDir: string;
  /** A `postgres://` URL, or the path of the embedded database's file. */
  readonly database: string;
  /** Absent: tokens are in the database, the first one made at the first start. */
  readonly adminToken?: string;
  readonly passportTtlSeconds: number;
  readonly statusTtlSeconds: number;
  readonly stapleTtlSeconds: number;
  readonly listTtlSeconds: number;
  readonly heartbeatSeconds: number;
  readonly enrolment: 'open' | 'token';
  readonly custody: CustodyConfig;
  /** Where the root key is, if not with the others. Needed to make keys, not from day to day. */
  readonly rootKeys?: { readonly folder: string; readonly passphrase?: string };
  /** How long a new key is published before it signs. */
  readonly keyLeadSeconds: number;
  readonly tls?: { readonly certPath: string; readonly keyPath: string };
  readonly corsOrigins: readonly string[];
  readonly webhookAllow: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly clientRatePerMinute: number;
  readonly tokenRatePerMinute: number;
  readonly maxBodyBytes: number;
  readonly maxEventClients: number;
  readonly metrics: 'open' | 'token' | 'off';
  readonly docs: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  readonly shutdownSeconds: number;
}

/** Defaults, and what settings must have to do with one another. Mistakes are added to `mistakes`; with any, the result is of no use. */
export function resolveConfig(
  given: GivenSettings,
  inFolder: (path: string) => string,
  mistakes: string[],
): AuthorityConfig {
  const dataDir = inFolder(given.dataDir ?? 'mcps-authority');
  return {
    host: given.host ?? '127.0.0.1',
    port: given.port ?? 8080,
    ...(given.publicUrl === undefined ? {} : { publicUrl: given.publicUrl }),
    ...(given.name === undefined ? {} : { name: given.name }),
    dataDir,
    database: given.databaseUrl ?? join(dataDir, 'authority.db'),
    ...(given.adminToken === undefined ? {} : { adminToken: given.adminToken }),
    passportTtlSeconds: given.passportTtlSeconds ?? 90 * 86_400,
    statusTtlSeconds: given.statusTtlSeconds ?? 60,
    stapleTtlSeconds: given.stapleTtlSeconds ?? 3600,
    listTtlSeconds: given.listTtlSeconds ?? 3600,
    heartbeatSeconds: given.heartbeatSeconds ?? 10,
    enrolment: given.enrolment ?? 'open',
    custody: resolveCustody(given, dataDir, inFolder, mistakes),
    ...resolveRootKeys(given, inFolder),
    keyLeadSeconds: given.keyLeadSeconds ?? 12 * 3600,
    ...resolveTls(given, inFolder, mistakes),
    corsOrigins: given.corsOrigins ?? [],
    webhookAllow: given.webhookAllow ?? [],
    trustedProxies: given.trustedProxies ?? [],
    clientRatePerMinute: given.clientRatePerMinute ?? 60_000,
    tokenRatePerMinute: given.tokenRatePerMinute ?? 60_000,
    maxBodyBytes: given.maxBodyBytes ?? 2 * 1024 * 1024,
    maxEventClients: given.maxEventClients ?? 10_000,
    metrics: given.metrics ?? 'open',
    docs: given.docs ?? true,
    logLevel: given.logLevel ?? 'info',
    shutdownSeconds: given.shutdownSeconds ?? 10,
  };
}

function resolveCustody(
  given: GivenSettings,
  dataDir: string,
  inFolder: (path: string) => string,
  mistakes: string[],
): CustodyConfig {
  if (given.custody === 'pkcs11') {
    const { pkcs11Module = '', pkcs11Token = '', pkcs11Pin = '' } = given;
    const needed: SettingName[] = ['pkcs11Module', 'pkcs11Token', 'pkcs11Pin'];
    for (const name of needed) {
      if (given[name] === undefined) mistakes.push(`${variableOf(name)}: needed with ${variableOf('custody')}=pkcs11`);
    }
    return { kind: 'pkcs11', module: inFolder(pkcs11Module), tokenLabel: pkcs11Token, pin: pkcs11Pin };
  }
  const folder = join(dataDir, 'keys');
  return given.keyPassphrase === undefined
    ? { kind: 'file', folder }
    : { kind: 'file', folder, passphrase: given.keyPassphrase };
}

function resolveRootKeys(
  { rootKeyFolder, rootKeyPassphrase: passphrase }: GivenSettings,
  inFolder: (path: string) => string,
): Pick<AuthorityConfig, 'rootKeys'> {
  if (rootKeyFolder === undefined) return {};
  const folder = inFolder(rootKeyFolder);
  return { rootKeys: passphrase === undefined ? { folder } : { folder, passphrase } };
}

function resolveTls(
  { tlsCert, tlsKey }: GivenSettings,
  inFolder: (path: string) => string,
  mistakes: string[],
): Pick<AuthorityConfig, 'tls'> {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { tls: { certPath: inFolder(tlsCert), keyPath: inFolder(tlsKey) } };
  }
  if (tlsCert !== undefined) mistakes.push(`${variableOf('tlsKey')}: needed with ${variableOf('tlsCert')}`);
  if (tlsKey !== undefined) mistakes.push(`${variableOf('tlsCert')}: needed with ${variableOf('tlsKey')}`);
  return {};
}

function variableOf(name: SettingName): string {
  return `MCPS_AUTHORITY_${SETTINGS[name].env}`;
}
