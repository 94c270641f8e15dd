import {
  ConfigurationError,
  MemoryToolPinStore,
  MemoryToolsetPinStore,
  SECURITY_OPTION_NAMES,
  ToolRegistry,
  isTrustLevel,
  resolveSecurity,
} from '@mcps/protocol';
import type {
  ConnectionSnapshot,
  Delivery,
  PeerRole,
  SecurityConfig,
  SecurityOptions,
  ToolPinStore,
  ToolsetPinStore,
} from '@mcps/protocol';
import { openTrust } from '../trust/open-trust.js';
import type { TrustLink } from '../trust/trust-link.js';
import type { Carriers } from './carriers.js';
import { HTTP_OPTIONS, positiveOption } from './http-options.js';
import { TRUST_OPTIONS } from '../trust/trust-options.js';
import type { TrustOptions } from '../trust/trust-options.js';
import { resolveToolPolicy } from '../tools/tool-policy.js';
import type { ToolOptions, ToolPolicy } from '../tools/tool-policy.js';
import { ToolsetLedger } from '../tools/toolset-ledger.js';

/** What the adapter adds to {@link SecurityOptions}. */
export interface AdapterOptions {
  /** Client: the server's address as configured (a URL, or the command line). Endpoints that spoke MCPS once are remembered under it. */
  readonly endpoint?: string;
  /** Whether messages may overtake each other below. Default: `concurrent` for transports over HTTP, otherwise `ordered`. */
  readonly delivery?: Delivery;
  /** How tools are signed (server) or verified (client). */
  readonly tools?: ToolOptions;
  /** Client: where the hashes of verified tools are pinned. Default: in memory. */
  readonly toolPins?: ToolPinStore;
  /** Client: where the latest list of tools of each server is pinned, so that none goes back to an earlier one. Default: in memory. */
  readonly toolsetPins?: ToolsetPinStore;
  /** Client: where tools of the same name on different servers are noticed. Default: one per options object; share one between servers. */
  readonly toolRegistry?: ToolRegistry;
  /** Server: whether to make an `authInfo` for verified callers where OAuth made none. Default true. */
  readonly createAuthInfo?: boolean;
  /** The most messages that may wait in each direction; one more is refused. Default 1,024. */
  readonly maxQueuedMessages?: number;
  /** Goes on with a session of an earlier connection instead of waiting for a handshake. */
  readonly snapshot?: ConnectionSnapshot;
}

/** Everything that {@link secureMCP} and {@link secureMCPClient} take. */
export type SecureOptions = AdapterOptions &
  (
    | (SecurityOptions & TrustOptions)
    /** A configuration that `resolveSecurity` has made already. */
    | { readonly config: SecurityConfig }
  );

/** Options of {@link secureTransport}. */
export type SecureTransportOptions = SecureOptions & {
  /** Which side of the connection this transport is on: the one that sends `initialize`, or the one that answers it. */
  readonly role: PeerRole;
};

/** Options after resolution: shared by every transport that was given the same options object. */
export interface ResolvedOptions {
  readonly config: SecurityConfig;
  readonly toolPolicy: ToolPolicy;
  readonly toolPins: ToolPinStore;
  readonly toolsetPins: ToolsetPinStore;
  readonly toolsetLedger: ToolsetLedger;
  readonly toolRegistry: ToolRegistry;
  /** The client of an authority that every connection acquires while it lasts. */
  readonly trust: TrustLink | undefined;
}

const resolutions = new WeakMap<object, Map<string, Promise<ResolvedOptions>>>();

/**
 * Resolves an options object once for each role, however many transports and handlers are made with it: they share its parsed keys and its stores, which is what
 * keeps a replay from passing on another connection. Options are read at the first use; later changes to the object are not seen. A failed resolution
 * is not remembered.
 *
 * @param carriers those that the wire can bear.
 * @throws ConfigurationError (as a rejection) for every mistake that `resolveSecurity` finds, and for tool and trust options out of place; and with what
 *   `createTrustClient` rejects with where an authority's keys cannot be had.
 */
export function resolveOptions(role: PeerRole, options: SecureOptions, carriers: Carriers): Promise<ResolvedOptions> {
  const known = resolutions.get(options) ?? new Map<string, Promise<ResolvedOptions>>();
  resolutions.set(options, known);
  const once = (key: string, make: () => Promise<ResolvedOptions>): Promise<ResolvedOptions> => {
    const resolution = known.get(key) ?? make();
    known.set(key, resolution);
    resolution.catch(() => known.delete(key));
    return resolution;
  };
  const resolved = once(role, () => resolve(role, options));
  return once(`${role} ${carriers.join(' ')}`, async () => onWire(await resolved, options, carriers));
}

/** The same keys and stores, with the carrier that the wire bears. */
function onWire(resolved: ResolvedOptions, options: SecureOptions, carriers: Carriers): ResolvedOptions {
  const { config } = resolved;
  const wanted = 'config' in options ? config.carrier : (options.carrier ?? carriers[0]);
  // Where there is but one, it is the peer's as well.
  const carrier = wanted === 'auto' && !carriers.includes(wanted) ? carriers[0] : wanted;
  if (!carriers.includes(carrier)) {
    throw new ConfigurationError(
      'option_unsupported',
      'Transports of the official SDK only keep envelopes in `_meta`: leave `carrier` out.',
    );
  }
  return carrier === config.carrier ? resolved : { ...resolved, config: { ...config, carrier } };
}

async function resolve(role: PeerRole, options: SecureOptions): Promise<ResolvedOptions> {
  const toolPolicy = await resolveToolPolicy(options.tools);
  const trust = 'config' in options ? { part: {} } : await openTrust(options);
  const config = 'config' in options ? options.config : await resolvePart(role, options, trust.part);
  if (config.role !== role) {
    throw new ConfigurationError(
      'option_invalid',
      `This configuration was resolved for a ${config.role}, not for a ${role}.`,
    );
  }
  return {
    config,
    toolPolicy,
    toolPins: options.toolPins ?? new MemoryToolPinStore(),
    toolsetPins: options.toolsetPins ?? new MemoryToolsetPinStore(),
    toolsetLedger: new ToolsetLedger(config, toolPolicy.toolset.version),
    toolRegistry: options.toolRegistry ?? new ToolRegistry(),
    trust: trust.link,
  };
}

async function resolvePart(
  role: PeerRole,
  options: AdapterOptions & SecurityOptions,
  trust: Partial<SecurityOptions>,
): Promise<SecurityConfig> {
  const part = { ...securityPart(options), ...trust };
  // What is said below knows nothing of authorities, which are the shortest way out.
  const { minTrustLevel = 1, statusSource } = part;
  if (isTrustLevel(minTrustLevel) && minTrustLevel >= 2 && statusSource === undefined) {
    throw new ConfigurationError(
      'option_missing',
      'From level 2 on a peer must be known not to be revoked: give the address of a `trustAuthority`, or a `statusSource`.',
    );
  }
  return resolveSecurity(role, part);
}

const ADAPTER_OPTIONS: Readonly<Record<keyof AdapterOptions | 'role' | 'maxLineBytes', true>> = {
  role: true,
  maxLineBytes: true,
  endpoint: true,
  delivery: true,
  tools: true,
  toolPins: true,
  toolsetPins: true,
  toolRegistry: true,
  createAuthInfo: true,
  maxQueuedMessages: true,
  snapshot: true,
};

const OTHER_OPTIONS = [ADAPTER_OPTIONS, TRUST_OPTIONS, HTTP_OPTIONS];

/**
 * Finds a slip of the pen at once, where everything else about the options takes time.
 *
 * @throws ConfigurationError `option_missing` without options, `option_invalid` for one that nobody knows.
 */
export function checkOptionNames(options: SecureOptions): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null)
    throw new ConfigurationError(
      'option_missing',
      'There are no options: at least `passport` and `privateKey` are needed.',
    );
  for (const name of Object.keys(given)) {
    const isKnown = name === 'config' || SECURITY_OPTION_NAMES.includes(name) || isAdapterOption(name);
    if (!isKnown) throw new ConfigurationError('option_invalid', `There is no option \`${name}\`.`);
  }
}

function isAdapterOption(name: string): boolean {
  return OTHER_OPTIONS.some((names) => Object.hasOwn(names, name));
}

/** Everything that is not ours; what nobody knows is found by `resolveSecurity`. */
function securityPart(options: AdapterOptions & SecurityOptions): SecurityOptions {
  const part: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (!isAdapterOption(name)) part[name] = value;
  }
  return { ...part, passport: options.passport, privateKey: options.privateKey };
}

const DEFAULT_QUEUED_MESSAGES = 1024;

/** @throws ConfigurationError `option_invalid` for anything but a positive integer. */
export function queueCapacity(options: AdapterOptions): number {
  return positiveOption('maxQueuedMessages', options.maxQueuedMessages, DEFAULT_QUEUED_MESSAGES);
}
