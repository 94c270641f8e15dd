import { readFile } from 'node:fs/promises';
import { parseJson } from '@mcps/crypto';
import type { PrivateJwk } from '@mcps/crypto';
import { createTrustAnchors, resolveSecurity } from '@mcps/protocol';
import type { AuditSink, SecurityConfig, SecurityOptions, TrustAnchorOptions } from '@mcps/protocol';
import { isObject } from '../json-object.js';
import { openTrust } from '../trust/open-trust.js';
import { UsageError } from './arguments.js';
import type { WrapSettings } from './arguments.js';
import { errorCode, readKeyFile } from './key-file.js';
import { feedFromFiles } from './status-files.js';

/** How a wrapped server is secured, and what goes on beside it. */
export interface LoadedSecurity {
  readonly config: SecurityConfig;
  close(): void;
}

export interface LoadOptions {
  readonly onAudit?: AuditSink | undefined;
  /** Told of what goes wrong later. */
  readonly report: (error: Error) => void;
}

/**
 * Reads the files that the settings name and resolves them into the configuration of a server.
 *
 * @throws UsageError for a file that cannot be read; ConfigurationError for what does not fit together.
 */
export async function loadSecurity(settings: WrapSettings, options: LoadOptions): Promise<LoadedSecurity> {
  const passport = await readText(settings.passportFile, 'passport');
  const keyText = 'text' in settings.key ? settings.key.text : await readKeyFile(settings.key.file);
  const identity = { passport, privateKey: privateKey(keyText) };
  const trust = await openWhomToTrust(settings, identity, options.report);
  try {
    const config = await resolveSecurity('server', {
      ...identity,
      ...trust.part,
      minTrustLevel: settings.minTrustLevel,
      requireSecurity: !settings.allowUnsigned,
      allowPublishedPeers: settings.allowPublishedPeers,
      mode: settings.observe ? 'observe' : 'enforce',
      ...(settings.audiences.length === 0 ? {} : { audience: settings.audiences }),
      ...(settings.statusMaxAgeMs === undefined ? {} : { statusMaxAgeMs: settings.statusMaxAgeMs }),
      ...(options.onAudit === undefined ? {} : { onAudit: options.onAudit }),
    });
    return { config, close: () => trust.close() };
  } catch (error) {
    trust.close();
    throw error;
  }
}

/** Whom to believe, and who says that they are still to be believed. */
interface WhomToTrust {
  readonly part: Partial<SecurityOptions>;
  /** Ends what goes on. */
  close(): void;
}

/** The one place that chooses between an authority, lists in files, and none of these. */
async function openWhomToTrust(
  { anchorsFile, statusListFiles, trustAuthority }: WrapSettings,
  identity: Pick<SecurityOptions, 'passport' | 'privateKey'>,
  report: (error: Error) => void,
): Promise<WhomToTrust> {
  const anchors = anchorsFile === undefined ? undefined : await readAnchors(anchorsFile);
  if (trustAuthority !== undefined) {
    const given = anchors === undefined ? {} : { trustAnchors: anchors };
    const { part, link } = await openTrust({ ...identity, ...given, trustAuthority });
    link?.acquire();
    return { part, close: () => link?.release() };
  }
  const trustAnchors = await createTrustAnchors(anchors ?? []);
  if (statusListFiles.length === 0) return { part: { trustAnchors }, close: () => undefined };
  const feed = await feedFromFiles(statusListFiles, { anchors: trustAnchors, report });
  return { part: { trustAnchors, statusSource: feed.source }, close: () => feed.close() };
}

function privateKey(text: string): PrivateJwk | string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{')) return trimmed;
  const jwk = parseKey(trimmed);
  if (isJwk(jwk)) return jwk;
  throw new UsageError('The private key is neither PEM nor a JWK.');
}

function parseKey(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // What is wrong with it would quote the key.
    return undefined;
  }
}

/** Enough to hand it on: the importer checks every member. */
function isJwk(value: unknown): value is PrivateJwk {
  return isObject(value) && typeof value['kty'] === 'string';
}

async function readAnchors(path: string): Promise<readonly TrustAnchorOptions[]> {
  const text = await readText(path, 'trust anchors');
  let anchors: unknown;
  try {
    anchors = parseJson(text);
  } catch (error) {
    throw new UsageError('The trust anchors file is not JSON.', { cause: error });
  }
  if (!Array.isArray(anchors) || !anchors.every(isAnchor)) {
    throw new UsageError('The trust anchors file must be a JSON list of {issuer, keys, ceiling?}.');
  }
  return anchors;
}

function isAnchor(value: unknown): value is TrustAnchorOptions {
  return isObject(value) && typeof value['issuer'] === 'string' && Array.isArray(value['keys']);
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`The ${what} file cannot be read (${errorCode(error)}).`, { cause: error });
  }
}
