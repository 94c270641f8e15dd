import { createTrustAnchors } from '@mcps/protocol';
import type { SecurityOptions } from '@mcps/protocol';
import type { TrustOptions } from '@mcps/sdk-adapter';
import { UsageError } from '../errors/cli-error.js';
import { readIdentity } from '../identity/identity.js';
import type { Output } from '../output/output.js';
import type { CliProcess } from '../process.js';
import { readAnchors } from '../trust/anchors.js';
import { feedFromFiles } from '../trust/status-files.js';
import { openAudit } from './open-audit.js';
import { readSettings } from './settings.js';
import type { SecuredOptions } from './secured-leaf.js';
import type { SecuredSettings } from './settings.js';

/** How one side of a connection is secured, with what goes on beside it. */
export interface LoadedSecurity {
  readonly options: SecurityOptions & TrustOptions;
  /** Tells of an error, in one line. */
  readonly report: (error: Error) => void;
  /** Ends what goes on, the audit trail with a signed checkpoint. */
  close(): Promise<void>;
}

/**
 * Reads every file that the options name, and tells what they come to.
 *
 * @throws UsageError, CliError
 */
export async function loadSecurity(
  given: SecuredOptions,
  process: CliProcess,
  output: Output,
  mayAsk = false,
): Promise<LoadedSecurity> {
  const settings = readSettings(given, process.env);
  const report = (error: Error): void => output.trouble(error);
  const passphrase = { process, passphraseFile: settings.passphraseFile, mayAsk };
  const { trustAnchors, ...identity } = await readIdentity(settings.identity, passphrase);
  const anchors = settings.anchorsFile === undefined ? trustAnchors : await readAnchors(settings.anchorsFile);
  if (anchors === undefined && settings.trustAuthority === undefined && settings.minTrustLevel > 0) {
    throw new UsageError(
      'Nobody is trusted: give --anchors FILE or --trust-authority URL, or ask for level 0 by name with --min-trust-level 0.',
      { reason: 'anchor_required' },
    );
  }
  const audit = settings.audit === undefined ? undefined : await openAudit(settings.audit, identity.privateKey, report);
  try {
    const status = await openStatus(settings, anchors ?? [], report);
    if (settings.observe) output.note('mcps: observe mode: faults are reported, nothing is refused');
    const options: LoadedSecurity['options'] = {
      ...identity,
      ...status.part,
      minTrustLevel: settings.minTrustLevel,
      requireSecurity: !settings.allowUnsigned,
      allowPublishedPeers: settings.allowPublishedPeers,
      mode: settings.observe ? 'observe' : 'enforce',
      ...(settings.carrier === undefined ? {} : { carrier: settings.carrier }),
      ...(settings.statusMaxAgeMs === undefined ? {} : { statusMaxAgeMs: settings.statusMaxAgeMs }),
      ...(audit === undefined ? {} : { onAudit: audit.sink }),
    };
    const close = async (): Promise<void> => {
      status.close();
      await audit?.close();
    };
    return { options, report, close };
  } catch (error) {
    await audit?.close();
    throw error;
  }
}

/** The one place that chooses between an authority, lists in files, and none of these. */
async function openStatus(
  { statusListFiles, trustAuthority }: SecuredSettings,
  anchors: Awaited<ReturnType<typeof readAnchors>>,
  report: (error: Error) => void,
): Promise<{ readonly part: Partial<SecurityOptions & TrustOptions>; close(): void }> {
  const nothing = (): void => undefined;
  if (trustAuthority !== undefined) {
    const given = anchors.length === 0 ? {} : { trustAnchors: anchors };
    return { part: { ...given, trustAuthority }, close: nothing };
  }
  const trustAnchors = await createTrustAnchors(anchors);
  if (statusListFiles.length === 0) return { part: { trustAnchors }, close: nothing };
  const feed = await feedFromFiles(statusListFiles, { anchors: trustAnchors, report });
  return { part: { trustAnchors, statusSource: feed.source }, close: () => feed.close() };
}
