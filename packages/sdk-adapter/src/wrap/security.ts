import { parseJson } from '@mcps/crypto';
import { createTrustAnchors, resolveSecurity } from '@mcps/protocol';
import type { AuditSink, SecurityConfig, SecurityOptions, TrustAnchorOptions } from '@mcps/protocol';
import { openTrust } from '../trust/open-trust.js';
import { UsageError } from './arguments.js';
import type { WrapSettings } from './arguments.js';
import { readText } from './text-file.js';
import { isAnchorList, readIdentity } from './identity.js';
import type { Identity } from './identity.js';
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
  const { trustAnchors, ...identity } = await readIdentity(settings.identity);
  const anchors = settings.anchorsFile === undefined ? trustAnchors : await readAnchors(settings.anchorsFile);
  if (anchors === undefined && settings.trustAuthority === undefined && settings.minTrustLevel > 0) {
    throw new UsageError(
      'Nobody is trusted: give --anchors FILE or --trust-authority URL, or ask for level 0 by name with --min-trust-level 0.',
    );
  }
  const trust = await openWhomToTrust(settings, { ...identity, anchors }, options.report);
  try {
    const config = await resolveSecurity('server', {
      ...identity,
      ...trust.part,
      minTrustLevel: settings.minTrustLevel,
      requireSecurity: !settings.allowUnsigned,
      allowPublishedPeers: settings.allowPublishedPeers,
      mode: settings.observe ? 'observe' : 'enforce',
      ...(settings.carrier === undefined ? {} : { carrier: settings.carrier }),
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
  { statusListFiles, trustAuthority }: WrapSettings,
  { anchors, ...identity }: Identity & { readonly anchors: readonly TrustAnchorOptions[] | undefined },
  report: (error: Error) => void,
): Promise<WhomToTrust> {
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

async function readAnchors(path: string): Promise<readonly TrustAnchorOptions[]> {
  const text = await readText(path, 'trust anchors');
  let anchors: unknown;
  try {
    anchors = parseJson(text);
  } catch (error) {
    throw new UsageError('The trust anchors file is not JSON.', { cause: error });
  }
  if (!isAnchorList(anchors)) {
    throw new UsageError('The trust anchors file must be a JSON list of {issuer, keys, ceiling?}.');
  }
  return anchors;
}
