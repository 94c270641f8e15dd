import type { PrivateJwk, PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import type { TrustAnchorOptions, TrustAnchors } from '../anchor/index.js';
import type { AuditSink } from '../audit/index.js';
import type { CarrierChoice } from '../carrier/index.js';
import type { MessageLimits } from '../json-rpc/index.js';
import type { Passport, PassportStore } from '../passport/index.js';
import type { RateLimit, RateLimiter } from '../rate/index.js';
import type { ReplayStore } from '../replay/index.js';
import type { KnownRevocations, StatusPolicies, StatusPolicy, StatusSource } from '../status/index.js';
import type { Clock } from '../time/index.js';
import type { TrustLevel } from '../trust-level/index.js';
import type { KnownPeers } from './known-peers.js';
import type { PeerRole } from './types.js';

/** How one side of a connection is secured. Only `passport` and `privateKey` have no default; without an anchor level 0 must be asked for. */
export interface SecurityOptions {
  /** The own passport: the object, or its JSON text. */
  readonly passport: Passport | string;
  /** The key of that passport: PKCS#8 PEM, a private JWK, an imported key, or a signer whose key lives elsewhere. */
  readonly privateKey: PrivateKey | Signer | PrivateJwk | string;
  /** Whom to believe about peers. Required unless `minTrustLevel` is 0. */
  readonly trustAnchors?: TrustAnchors | readonly TrustAnchorOptions[];
  /** The least effective level a peer must have, 0 to 4. Default 1. From 2 on a `statusSource` is required. */
  readonly minTrustLevel?: TrustLevel;
  /** Whether a peer that does not speak MCPS is refused. Default true. */
  readonly requireSecurity?: boolean;
  /** `observe` verifies and reports but refuses nothing: for roll-out only. Default `enforce`. */
  readonly mode?: 'enforce' | 'observe';
  /**
   * Server: every message stands for itself, as with a fresh HTTP transport per request. Default false: messages of MCP revisions without a session stand
   * for themselves, all others need one.
   */
  readonly stateless?: boolean;
  /** Server: further names, such as its URL, that clients may address it by. Client: whom to address where neither `initialize` nor `server/discover` has told. */
  readonly audience?: string | readonly string[];
  /**
   * Serve peers that speak published MCPS 1.0 without our signed members: relay and reply swapping are not stopped with them. A client still refuses one in place
   * of a peer that it remembers as speaking the profile. They do not show their passports, which must be in `passportStore` beforehand. Default false.
   */
  readonly allowPublishedPeers?: boolean;
  /** Accept issuer chains whose issuing passports carry no explicit right to issue, as published 1.0 chains do. Default false. */
  readonly allowChainsWithoutIssuingRight?: boolean;
  /** The origin (scheme, host, port) that the peer's passport must be bound to. Not checked when absent. */
  readonly expectedOrigin?: string;
  /** The passport ids that the peer may have. Without this or `expectedOrigin`, any peer of a sufficient level will do. */
  readonly expectedPeers?: readonly string[];
  /** A value that both sides take from the TLS connection below (RFC 9266); both must give the same. */
  readonly channelBinding?: string;
  /** Refuse high-S signatures. Default false: some key services do not normalise. */
  readonly requireLowS?: boolean;
  /** How old a message may be, milliseconds. Default 300,000. */
  readonly windowMs?: number;
  /** How far ahead of our clock a message may be dated, milliseconds. Default 60,000. */
  readonly futureToleranceMs?: number;
  /** Where nonces are remembered. Default: in memory; share one between all connections, and between replicas. */
  readonly replayStore?: ReplayStore;
  /** Who answers whether a passport is revoked. */
  readonly statusSource?: StatusSource;
  /** How old a status answer may be, milliseconds. Default 60,000. */
  readonly statusMaxAgeMs?: number;
  /**
   * What becomes of peers of a level whose status cannot be had. Default: from `minTrustLevel` 2 on they are refused, below they count for level 1.
   */
  readonly statusPolicies?: StatusPolicies;
  /**
   * Gives a staple for the own passport, a signed word of its authority that it is valid, to be presented along with it: a peer then need not ask. What it
   * rejects with, or gives later than `statusTimeoutMs`, does not count.
   */
  readonly ownStaple?: () => Promise<object | undefined>;
  /** How long to wait for a status answer, milliseconds. Default 5,000. */
  readonly statusTimeoutMs?: number;
  /** The memory of passports that have been reported as revoked. Default: in memory, bounded. */
  readonly revocations?: KnownRevocations;
  /** Where verified passports of peers are kept. Default: in memory, bounded. */
  readonly passportStore?: PassportStore;
  /** Client: the memory of endpoints that have spoken MCPS. Default: in memory. */
  readonly knownPeers?: KnownPeers;
  /** Messages per authenticated passport. Default 200 a second, bursts of 1,000. Counted in this process's memory. */
  readonly rateLimit?: RateLimit;
  /** Counts the messages of each passport in place of `rateLimit`; replicas share one. */
  readonly rateLimiter?: RateLimiter;
  /** Messages per connection before anything is believed. Default 500 a second, bursts of 2,000. */
  readonly connectionLimit?: RateLimit;
  /** Bounds on nesting, members and text of a message. */
  readonly limits?: MessageLimits;
  /**
   * Where the envelope travels. `meta`, the default of a client, is kept by official transports. `auto`, the default of a server, answers each request where its own envelope
   * stood, and says everything else where the peer's latest message had it; `meta` to a peer that has shown none.
   */
  readonly carrier?: CarrierChoice;
  /** Milliseconds since the Unix epoch. Default: the system's clock. */
  readonly clock?: Clock;
  /** Is told of every decision. What it throws changes nothing. */
  readonly onAudit?: AuditSink;
}

/** {@link SecurityOptions} with keys parsed, defaults filled in and mistakes found. One may serve any number of connections; its stores are shared. */
export interface SecurityConfig {
  readonly role: PeerRole;
  readonly passport: Passport;
  readonly key: PrivateKey | Signer;
  readonly publicKey: PublicKey;
  readonly anchors: TrustAnchors;
  readonly minTrustLevel: TrustLevel;
  readonly requireSecurity: boolean;
  readonly observe: boolean;
  readonly stateless: boolean;
  readonly audiences: readonly string[];
  readonly allowPublishedPeers: boolean;
  readonly allowChainsWithoutIssuingRight: boolean;
  readonly expectedOrigin: string | undefined;
  readonly expectedPeers: readonly string[] | undefined;
  readonly channelBinding: string | undefined;
  readonly requireLowS: boolean;
  readonly windowMs: number;
  readonly futureToleranceMs: number;
  readonly replayStore: ReplayStore;
  readonly statusSource: StatusSource | undefined;
  readonly statusMaxAgeMs: number;
  readonly ownStaple: (() => Promise<object | undefined>) | undefined;
  readonly statusTimeoutMs: number;
  /** By level, 0 to 4. */
  readonly statusPolicies: readonly StatusPolicy[];
  readonly revocations: KnownRevocations;
  readonly passportStore: PassportStore;
  readonly knownPeers: KnownPeers;
  readonly passportLimiter: RateLimiter;
  readonly connectionLimit: RateLimit;
  readonly limits: MessageLimits;
  readonly carrier: CarrierChoice;
  readonly clock: Clock;
  readonly audit: AuditSink | undefined;
}
