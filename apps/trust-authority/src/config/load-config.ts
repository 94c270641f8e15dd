import { isAbsolute, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { decodeUtf8, parseJson } from '@mcps/crypto';
import { PrivateFileError, readPrivateFile } from '../files/private-file.js';
import type { AuthorityConfig } from './config.js';
import { resolveConfig } from './config.js';
import { ConfigError } from './config-error.js';
import { SETTINGS } from './settings.js';
import type { GivenSettings, SettingName } from './settings.js';

const PREFIX = 'MCPS_AUTHORITY_';
const CONFIG_FILE = `${PREFIX}CONFIG`;
const MAX_CONFIG_BYTES = 256 * 1024;
const MAX_SECRET_BYTES = 4096;

const BY_ENV: ReadonlyMap<string, SettingName> = new Map(
  Object.entries(SETTINGS).map(([name, { env }]) => [`${PREFIX}${env}`, name as SettingName]),
);

/** A value with the name under which an operator knows it. */
interface Given {
  readonly where: string;
  readonly value: unknown;
}

export interface LoadConfigOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Relative paths are relative to it. */
  readonly cwd?: string;
}

/**
 * Reads the configuration: defaults, then the JSON file that `MCPS_AUTHORITY_CONFIG` names, then the environment. A secret may be in a file of its own,
 * named by its setting with `_FILE` behind it, that nobody else can read.
 *
 * Throws {@link ConfigError} with every mistake there is.
 */
export async function loadConfig({
  env = process.env,
  cwd = process.cwd(),
}: LoadConfigOptions = {}): Promise<AuthorityConfig> {
  const mistakes: string[] = [];
  const given = new Map<SettingName, Given>();
  const inFolder = (path: string) => (isAbsolute(path) ? path : join(cwd, path));

  const file = env[CONFIG_FILE];
  if (file !== undefined && file !== '') await readConfigFile(inFolder(file), given, mistakes);
  await readEnvironment(env, inFolder, given, mistakes);

  const settings = checkValues(given, mistakes);
  const config = resolveConfig(settings, inFolder, mistakes);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

async function readConfigFile(path: string, given: Map<SettingName, Given>, mistakes: string[]): Promise<void> {
  let content: unknown;
  try {
    content = parseJson(decodeUtf8(await readFile(path)), { maxBytes: MAX_CONFIG_BYTES });
  } catch (error) {
    const why = systemCode(error) ?? 'not JSON';
    mistakes.push(`${CONFIG_FILE}: the file cannot be read (${why})`);
    return;
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    mistakes.push(`${CONFIG_FILE}: the file holds no JSON object`);
    return;
  }
  for (const [name, value] of Object.entries(content)) {
    if (!isSettingName(name)) mistakes.push(`${name}: there is no such setting (in the file of ${CONFIG_FILE})`);
    else given.set(name, { where: name, value });
  }
}

async function readEnvironment(
  env: NodeJS.ProcessEnv,
  inFolder: (path: string) => string,
  given: Map<SettingName, Given>,
  mistakes: string[],
): Promise<void> {
  for (const [variable, value] of Object.entries(env)) {
    // An empty variable is how some tools write an absent one.
    if (!variable.startsWith(PREFIX) || variable === CONFIG_FILE || value === undefined || value === '') continue;
    const name = BY_ENV.get(variable);
    if (name !== undefined) {
      given.set(name, { where: variable, value });
      continue;
    }
    const secret = BY_ENV.get(variable.replace(/_FILE$/, ''));
    if (!variable.endsWith('_FILE') || secret === undefined || !('secret' in SETTINGS[secret])) {
      mistakes.push(`${variable}: there is no such setting`);
      continue;
    }
    const direct = env[`${PREFIX}${SETTINGS[secret].env}`];
    if (direct !== undefined && direct !== '') {
      mistakes.push(`${variable}: give the value or a file with it, not both`);
      continue;
    }
    try {
      const content = decodeUtf8(await readPrivateFile(inFolder(value), MAX_SECRET_BYTES));
      // Editors end a file with a line break, which is no part of the secret.
      given.set(secret, { where: variable, value: content.replace(/\r?\n$/, '') });
    } catch (error) {
      const why = error instanceof PrivateFileError ? error.message : (systemCode(error) ?? 'not text');
      mistakes.push(`${variable}: the file cannot be used (${why})`);
    }
  }
}

function checkValues(given: ReadonlyMap<SettingName, Given>, mistakes: string[]): GivenSettings {
  const settings: Record<string, unknown> = {};
  for (const [name, { where, value }] of given) {
    const { schema, expected } = SETTINGS[name];
    const outcome = schema.safeParse(value);
    if (outcome.success) settings[name] = outcome.data;
    else mistakes.push(`${where}: expected ${expected}`);
  }
  return settings;
}

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code))
    ? String(error.code)
    : undefined;
}
