import { isSigner } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { exportPublicJwkSync, generateKeyPairSync, importPrivateKeySync } from '@mcps/crypto/node';
import {
  ConfigurationError,
  McpsError,
  MemoryPassportStore,
  MemoryReplayStore,
  SECURITY_OPTION_NAMES,
  acceptSingleMessage,
  createPassport,
  isPassportId,
  openEnvelope,
  resolveSecurity,
} from '@mcps/protocol';
import type { AcceptedSingleMessage, PassportStore, PeerRole, SecurityConfig, SecurityOptions } from '@mcps/protocol';
import { TrustClientError } from '@mcps/trust-client';
import type { TrustClient } from '@mcps/trust-client';
import { TRUST_LEVELS } from '../constants.js';
import { ERROR_CODES } from '../error-codes.js';
import { isErrorOf, refusalOf } from '../refusal.js';
import type { Refusal } from '../refusal.js';
import { addressesOf, openTrusted, ownAnchors, refuseSelection } from './authorities.js';
import { idOf, isIdOnly } from './options.js';
import type { AuthorityOptions, IdentityOptions, LayerOptions } from './options.js';

/** What became of a message. */
export type GateOutcome =
  | { readonly accepted: AcceptedSingleMessage }
  | { readonly refused: Refusal; readonly claimedPassportId: string | null };

export type GateOptions = AuthorityOptions & IdentityOptions & LayerOptions;

/** Lets verified messages in, one by one, for servers and clients that are no official ones. Opens the way to its authorities with the first. */
export class MessageGate {
  readonly #role: PeerRole;
  readonly #options: GateOptions;
  readonly #replayStore: SecurityOptions['replayStore'];
  #client: Promise<TrustClient> | undefined;
  #config: Promise<SecurityConfig> | undefined;
  #isDestroyed = false;

  /**
   * Throws `ConfigurationError` `anchor_required` where nobody is trusted, and level 0 was not asked for by name; `option_invalid` for an option that does not
   * exist.
   */
  constructor(role: PeerRole, options: GateOptions) {
    refuseUnknown(options);
    const { trustAnchors, trustClient, minTrustLevel } = options;
    const isTrusting = addressesOf(options).length > 0 || trustClient !== undefined || trustAnchors !== undefined;
    if (!isTrusting && minTrustLevel !== TRUST_LEVELS.UNSIGNED) {
      throw new ConfigurationError(
        'anchor_required',
        'Nobody is trusted: give the address of a `trustAuthority`, or `trustAnchors`; or ask for level 0 by name with `minTrustLevel: 0`.',
      );
    }
    this.#role = role;
    this.#options = { ...options };
    this.#replayStore = options.replayStore ?? newReplayStore(options);
  }

  /** Rejects with `ConfigurationError` for mistakes in the options, and for nothing that a message or an authority does. */
  async accept(envelope: unknown): Promise<GateOutcome> {
    try {
      if (this.#isDestroyed) throw new McpsError('state_unavailable');
      // What is not even signed leads to no contact with an authority.
      if (this.#config === undefined) refuseUnsigned(envelope, this.#options);
      return { accepted: await acceptSingleMessage(envelope, await this.#resolved()) };
    } catch (cause) {
      if (isErrorOf(cause, ConfigurationError)) throw cause;
      const otherwise = isErrorOf(cause, TrustClientError)
        ? ERROR_CODES.AUTHORITY_UNREACHABLE
        : ERROR_CODES.INVALID_SIGNATURE;
      return { refused: refusalOf(cause, otherwise), claimedPassportId: claimedIdOf(envelope) };
    }
  }

  /** Accepts nothing more, and lets go of the authorities. */
  destroy(): void {
    this.#isDestroyed = true;
    // One that was given is somebody else's.
    if (this.#options.trustClient === undefined) this.#client?.then((client) => client.close()).catch(() => undefined);
    this.#client = undefined;
    this.#config = undefined;
  }

  /** What could not be had is tried anew with the next message. */
  #resolved(): Promise<SecurityConfig> {
    const config = (this.#config ??= this.#resolve());
    config.catch(() => {
      if (this.#config === config) this.#config = undefined;
    });
    return config;
  }

  async #resolve(): Promise<SecurityConfig> {
    const options = this.#options;
    const client = await this.#open();
    const { passport, privateKey } = identityOf(options);
    const trustAnchors = client?.anchors ?? (await ownAnchors(options));
    const { minTrustLevel = TRUST_LEVELS.VERIFIED, origin } = options;
    return resolveSecurity(this.#role, {
      allowPublishedPeers: true,
      ...securityPart(options),
      passport,
      privateKey,
      minTrustLevel,
      ...(trustAnchors === undefined ? {} : { trustAnchors }),
      ...(origin === undefined || origin === null ? {} : { expectedOrigin: origin }),
      ...(this.#replayStore === undefined ? {} : { replayStore: this.#replayStore }),
      ...(client === undefined ? {} : { statusSource: client, revocations: client.revocations }),
      passportStore: new ResolvingPassports(options.passportStore ?? new MemoryPassportStore(), client),
    });
  }

  async #open(): Promise<TrustClient | undefined> {
    const { trustClient } = this.#options;
    refuseSelection(this.#options);
    if (trustClient !== undefined) return trustClient;
    if (addressesOf(this.#options).length === 0) return undefined;
    const client = (this.#client ??= openTrusted(this.#options));
    client.catch(() => {
      if (this.#client === client) this.#client = undefined;
    });
    return client;
  }
}

/** Published peers name their passport and do not send it: it is had from the authority, within the budget that its client has for ids of anybody. */
class ResolvingPassports implements PassportStore {
  readonly #known: PassportStore;
  readonly #client: TrustClient | undefined;

  constructor(known: PassportStore, client: TrustClient | undefined) {
    this.#known = known;
    this.#client = client;
  }

  async get(passportId: string): ReturnType<PassportStore['get']> {
    return (await this.#known.get(passportId)) ?? (await this.#client?.resolve(passportId));
  }

  put(...[passport]: Parameters<PassportStore['put']>): ReturnType<PassportStore['put']> {
    return this.#known.put(passport);
  }
}

/** The own identity. Of a passport that only its id is known of, a stand-in with that id and key: it tells own messages from others, and is shown to nobody. */
function identityOf({ passport, privateKey }: IdentityOptions): Pick<SecurityOptions, 'passport' | 'privateKey'> {
  const key = keyOf(privateKey);
  if (passport !== undefined && !isIdOnly(passport) && key !== undefined) return { passport, privateKey: key };
  const own = key?.publicKey === undefined || key === undefined ? undefined : { key, publicKey: key.publicKey };
  const { publicKey, key: standIn } = own ?? standInKey();
  const id = idOf(passport);
  const stated = createPassport({
    name: 'mcp-secure',
    version: '1.0.0',
    publicKey: exportPublicJwkSync(publicKey),
    ...(isPassportId(id) ? { id } : {}),
  });
  return { passport: stated, privateKey: standIn };
}

function standInKey(): { publicKey: PublicKey; key: PrivateKey } {
  const { publicKey, privateKey } = generateKeyPairSync();
  return { publicKey, key: privateKey };
}

function keyOf(privateKey: IdentityOptions['privateKey']): PrivateKey | Signer | undefined {
  if (privateKey === undefined || privateKey === null || privateKey === '') return undefined;
  return isSigner(privateKey) ? privateKey : importPrivateKeySync(privateKey);
}

/**
 * A message of the very millisecond in which the store began is accepted: it would be refused as one that an earlier memory may have held, and in one process both
 * are made in the same breath.
 */
function newReplayStore({ windowMs, clock }: LayerOptions): MemoryReplayStore {
  const now = clock ?? Date.now;
  return new MemoryReplayStore({
    clock: () => now() - 1,
    ...(windowMs === undefined ? {} : { windowMs }),
    ...(clock === undefined ? { uptime: () => performance.now() } : {}),
  });
}

const OPTION_NAMES: ReadonlySet<string> = new Set([
  ...SECURITY_OPTION_NAMES,
  'trustAuthority',
  'trustAuthorities',
  'trustClient',
  'trustedIssuers',
  'origin',
  'onTrustNotice',
]);

/** A misspelt option would otherwise be a default that nobody sees. */
function refuseUnknown(options: GateOptions): void {
  const unknown = Object.keys(options).find((name) => !OPTION_NAMES.has(name));
  if (unknown !== undefined) throw new ConfigurationError('option_invalid', `There is no option \`${unknown}\`.`);
}

function securityPart(options: GateOptions): Partial<SecurityOptions> {
  const given = Object.entries(options).filter(
    ([name, value]) => SECURITY_OPTION_NAMES.includes(name) && value !== undefined,
  );
  const { onAudit: _told, ...part } = Object.fromEntries(given) as Partial<SecurityOptions>;
  return part;
}

function refuseUnsigned(envelope: unknown, { limits }: GateOptions): void {
  const opened = openEnvelope(envelope, limits === undefined ? {} : { limits });
  if (opened.carrier === 'none') throw new McpsError('envelope_missing');
}

function claimedIdOf(envelope: unknown): string | null {
  try {
    const opened = openEnvelope(envelope, { acceptAnyPassportId: true });
    return opened.carrier === 'none' ? null : opened.envelope.passportId;
  } catch {
    return null;
  }
}
