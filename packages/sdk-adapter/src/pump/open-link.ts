import { createConnection } from '@mcps/protocol';
import type { ConnectionSnapshot, Delivery, Incoming, PeerRole } from '@mcps/protocol';
import { resolveOptions } from '../options/options.js';
import type { Carriers } from '../options/carriers.js';
import type { SecureOptions } from '../options/options.js';
import { createToolLayer } from '../tools/tool-layer.js';
import type { Link } from './link.js';

/** What a link is told beside the options of the application. */
export interface LinkSetting {
  readonly delivery: Delivery;
  /** The carriers that the wire below can bear. */
  readonly carriers: Carriers;
  readonly endpoint: string | undefined;
  readonly snapshot: ConnectionSnapshot | undefined;
  /** How many answers may be signed once more for a stream that is resumed. Default 0. */
  readonly repeatableAnswers?: number;
  readonly report: (error: Error) => void;
  /** Is told what to do where the peer, or an issuer above it, is revoked. */
  readonly onCutOff: (actions: readonly Incoming[]) => void;
  /** Takes what is to be called once the connection is over; calls it at once where it is over already. */
  readonly onRelease: (release: () => void) => void;
}

/**
 * Resolves the options and makes what messages pass through.
 *
 * @throws ConfigurationError (as a rejection), as {@link resolveOptions} does.
 */
export async function openLink(role: PeerRole, options: SecureOptions, setting: LinkSetting): Promise<Link> {
  const resolved = await resolveOptions(role, options, setting.carriers);
  const { config, toolPolicy, toolPins, toolsetPins, toolsetLedger, toolRegistry, trust } = resolved;
  const { delivery, endpoint, snapshot, repeatableAnswers = 0, report, onCutOff, onRelease } = setting;
  if (trust !== undefined) {
    trust.acquire();
    onRelease(() => trust.release());
  }
  const connection = await createConnection(config, {
    delivery,
    repeatableAnswers,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  onRelease(config.revocations.onAdded((revocation) => onCutOff(connection.revoked(revocation))));
  const tools = createToolLayer(role, {
    config,
    peerKey: (id) => (connection.peerPassport?.id === id ? connection.peerPassport.publicKey : undefined),
    policy: toolPolicy,
    pins: toolPins,
    toolsetPins,
    ledger: toolsetLedger,
    registry: toolRegistry,
    endpoint,
    report,
  });
  return { connection, tools };
}
