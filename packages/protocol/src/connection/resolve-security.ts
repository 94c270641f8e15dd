import { CryptoError, PrivateKey, importPrivateKey, importPublicKey, isSigner } from '@mcps/crypto';
import type { PublicKey, Signer } from '@mcps/crypto';
import { TrustAnchors, createTrustAnchors } from '../anchor/index.js';
import type { CarrierChoice } from '../carrier/index.js';
import { ConfigurationError, McpsError } from '../errors/index.js';
import { resolveMessageLimits } from '../json-rpc/index.js';
import { MemoryPassportStore, parsePassport } from '../passport/index.js';
import type { Passport } from '../passport/index.js';
import { MemoryRateLimiter } from '../rate/index.js';
import type { RateLimit, RateLimiter } from '../rate/index.js';
import { MemoryReplayStore } from '../replay/index.js';
import type { ReplayStore } from '../replay/index.js';
import { KnownRevocations } from '../status/index.js';
import type { StatusPolicy } from '../status/index.js';
import { resolveStatusPolicies } from '../status/status-policy.js';
import { assertNotTestKey } from '../test-keys/index.js';
import { parseTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { isTrustLevel } from '../trust-level/index.js';
import type { TrustLevel } from '../trust-level/index.js';
import { MemoryKnownPeers } from './known-peers.js';
import type { SecurityConfig, SecurityOptions } from './security-options.js';
import type { PeerRole } from './types.js';

/**
 * Checks the options of one side and resolves them once: keys parsed, anchors imported, every default filled in. The result may serve any number of
 * connections, which then share its stores.
 *
 * Rejects with `ConfigurationError`: `option_missing`, `option_invalid`, `key_mismatch` (the private key is not the passport's), `test_key_refused`,
 * `anchor_required` (no anchor, and level 0 not asked for), `option_unsupported`.
 */
export async function resolveSecurity(role: PeerRole, options: SecurityOptions): Promise<SecurityConfig> {
  const minTrustLevel = options.minTrustLevel ?? 1;
  if (!isTrustLevel(minTrustLevel)) throw invalid('minTrustLevel', 'a trust level, 0 to 4');
  checkKnownOptions(options);
  const clock = options.clock ?? systemClock;
  const passport = ownPassport(options, clock());
  const key = await ownKey(options);
  const publicKey = await ownPublicKey(passport, key);
  const anchors = await anchorsOf(options);
  if (anchors.size === 0 && minTrustLevel > 0) {
    throw new ConfigurationError(
      'anchor_required',
      'Nobody is trusted: give `trustAnchors`, or ask for level 0 by name with `minTrustLevel: 0`.',
    );
  }
  if (minTrustLevel >= 2 && options.statusSource === undefined) {
    throw new ConfigurationError(
      'option_missing',
      'From level 2 on a peer must be known not to be revoked: give a `statusSource`.',
    );
  }
  const windowMs = duration('windowMs', options.windowMs ?? 300_000);
  const futureToleranceMs = duration('futureToleranceMs', options.futureToleranceMs ?? 60_000);
  return Object.freeze<SecurityConfig>({
    role,
    passport,
    key,
    publicKey,
    anchors,
    minTrustLevel,
    requireSecurity: flag('requireSecurity', options.requireSecurity ?? true),
    observe: modeOf(options) === 'observe',
    stateless: role === 'server' && flag('stateless', options.stateless ?? false),
    audiences: textList('audience', options.audience),
    allowPublishedPeers: flag('allowPublishedPeers', options.allowPublishedPeers ?? false),
    allowChainsWithoutIssuingRight: flag(
      'allowChainsWithoutIssuingRight',
      options.allowChainsWithoutIssuingRight ?? false,
    ),
    expectedOrigin: origin('expectedOrigin', options.expectedOrigin),
    expectedPeers: options.expectedPeers === undefined ? undefined : textList('expectedPeers', options.expectedPeers),
    channelBinding: options.channelBinding,
    requireLowS: flag('requireLowS', options.requireLowS ?? false),
    windowMs,
    futureToleranceMs,
    replayStore: replayStore(options, windowMs, clock),
    statusSource: options.statusSource,
    statusMaxAgeMs: duration('statusMaxAgeMs', options.statusMaxAgeMs ?? 60_000),
    statusPolicies: statusPolicies(options, minTrustLevel),
    ownStaple: provider('ownStaple', options.ownStaple),
    statusTimeoutMs: duration('statusTimeoutMs', options.statusTimeoutMs ?? 5_000),
    revocations: options.revocations ?? new KnownRevocations({ clock }),
    passportStore: options.passportStore ?? new MemoryPassportStore({ clock }),
    knownPeers: options.knownPeers ?? new MemoryKnownPeers(),
    passportLimiter: passportLimiter(options),
    connectionLimit: rateLimit('connectionLimit', options.connectionLimit ?? { perSecond: 500, burst: 2_000 }),
    limits: resolveMessageLimits(options.limits),
    carrier: carrierChoice(role, options.carrier),
    clock,
    audit: options.onAudit,
  });
}

/** A store that forgets sooner than the receiver refuses, or begins to remember later than it believes, would let messages in twice. */
function replayStore(options: SecurityOptions, windowMs: number, clock: Clock): ReplayStore {
  const { replayStore: store = new MemoryReplayStore({ windowMs, clock }) } = options;
  if (store.windowMs !== undefined && store.windowMs !== windowMs)
    throw invalid('replayStore', `made for the same \`windowMs\` as its receiver, ${windowMs} here`);
  return store;
}

const KNOWN_OPTIONS: Readonly<Record<keyof SecurityOptions, true>> = {
  passport: true,
  privateKey: true,
  trustAnchors: true,
  minTrustLevel: true,
  requireSecurity: true,
  mode: true,
  stateless: true,
  audience: true,
  allowPublishedPeers: true,
  allowChainsWithoutIssuingRight: true,
  expectedOrigin: true,
  expectedPeers: true,
  channelBinding: true,
  requireLowS: true,
  windowMs: true,
  futureToleranceMs: true,
  replayStore: true,
  statusSource: true,
  statusMaxAgeMs: true,
  ownStaple: true,
  statusTimeoutMs: true,
  statusPolicies: true,
  revocations: true,
  passportStore: true,
  knownPeers: true,
  rateLimit: true,
  rateLimiter: true,
  connectionLimit: true,
  limits: true,
  carrier: true,
  clock: true,
  onAudit: true,
};

/** The names of all security options. A misspelt option would otherwise be a default that nobody sees. */
export const SECURITY_OPTION_NAMES: readonly string[] = Object.keys(KNOWN_OPTIONS);

function carrierChoice(role: PeerRole, value: CarrierChoice | undefined): CarrierChoice {
  const choice: unknown = value ?? (role === 'server' ? 'auto' : 'meta');
  if (choice !== 'auto' && choice !== 'meta' && choice !== 'top-level')
    throw invalid('carrier', '`auto`, `meta` or `top-level`');
  return choice;
}

function provider<F extends () => Promise<object | undefined>>(name: string, value: F | undefined): F | undefined {
  if (value !== undefined && typeof value !== 'function') throw invalid(name, 'a function');
  return value;
}

function checkKnownOptions(options: SecurityOptions): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(KNOWN_OPTIONS, name))
      throw new ConfigurationError('option_invalid', `There is no option \`${name}\`.`);
  }
}

function ownPassport(options: SecurityOptions, now: number): Passport {
  if (typeof options.passport !== 'string' && (typeof options.passport !== 'object' || options.passport === null)) {
    throw new ConfigurationError(
      'option_missing',
      'The option `passport` is missing: give the passport or its JSON text.',
    );
  }
  try {
    const { passport } = parsePassport(options.passport);
    if (parseTimestamp(passport.expires_at) <= now) throw new McpsError('passport_expired');
    if (passport.ext?.issuing !== undefined) throw new McpsError('passport_is_issuing');
    return passport;
  } catch (error) {
    if (!(error instanceof McpsError)) throw error;
    // Neither text is quoted: it may be a key that was put in the wrong place.
    const hint =
      error.reason === 'passport_malformed' ? ' It must be a passport or its JSON text, not the path of a file.' : '';
    throw new ConfigurationError('option_invalid', `The option \`passport\` cannot be used: ${error.message}.${hint}`, {
      cause: error,
    });
  }
}

async function ownKey(options: SecurityOptions): Promise<PrivateKey | Signer> {
  const { privateKey } = options;
  if (privateKey instanceof PrivateKey || isSigner(privateKey)) return privateKey;
  if (typeof privateKey !== 'string' && (typeof privateKey !== 'object' || privateKey === null)) {
    throw new ConfigurationError(
      'option_missing',
      'The option `privateKey` is missing: give a PEM text, a JWK, a key or a signer.',
    );
  }
  try {
    return await importPrivateKey(privateKey);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    // The cause names the fault and never the key.
    const hint =
      error.code === 'key_malformed'
        ? ' It must be a PEM text, not the path of a file; or a JWK, a key or a signer.'
        : '';
    throw new ConfigurationError('option_invalid', `The option \`privateKey\` cannot be used (${error.code}).${hint}`, {
      cause: error,
    });
  }
}

async function ownPublicKey(passport: Passport, key: PrivateKey | Signer): Promise<PublicKey> {
  if (passport.public_key === null) throw invalid('passport', 'a passport with a public key');
  const named = await importPublicKey(passport.public_key);
  if (key.publicKey !== undefined && key.publicKey.thumbprint !== named.thumbprint) {
    throw new ConfigurationError('key_mismatch', 'The option `privateKey` is not the key of the option `passport`.');
  }
  assertNotTestKey(named);
  return named;
}

async function anchorsOf(options: SecurityOptions): Promise<TrustAnchors> {
  const { trustAnchors = [] } = options;
  if (trustAnchors instanceof TrustAnchors) return trustAnchors;
  // One anchor in place of the list is an easy mistake.
  const isList: boolean = Array.isArray(trustAnchors);
  if (!isList) throw invalid('trustAnchors', 'a list of anchors, [{ issuer, keys }]');
  return createTrustAnchors(trustAnchors);
}

function modeOf(options: SecurityOptions): 'enforce' | 'observe' {
  const { mode = 'enforce' } = options;
  if (mode !== 'enforce' && mode !== 'observe') throw invalid('mode', '`enforce` or `observe`');
  return mode;
}

function duration(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw invalid(name, 'a number of milliseconds, 0 or more');
  return value;
}

function flag(name: string, value: boolean): boolean {
  if (typeof value !== 'boolean') throw invalid(name, 'true or false');
  return value;
}

function textList(name: string, value: string | readonly string[] | undefined): readonly string[] {
  const list = value === undefined ? [] : typeof value === 'string' ? [value] : [...value];
  if (list.some((item) => typeof item !== 'string' || item === '')) throw invalid(name, 'a text, or a list of texts');
  return Object.freeze(list);
}

function origin(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || new URL(value).origin === 'null')
    throw invalid(name, 'an origin such as https://tools.example');
  return value;
}

function passportLimiter({ rateLimit: limit, rateLimiter: limiter }: SecurityOptions): RateLimiter {
  if (limiter === undefined)
    return new MemoryRateLimiter(rateLimit('rateLimit', limit ?? { perSecond: 200, burst: 1_000 }));
  if (limit !== undefined) throw invalid('rateLimit', 'absent where there is a `rateLimiter`, which has its own limit');
  return limiter;
}

function statusPolicies(
  { statusPolicies: policies, statusSource }: SecurityOptions,
  minTrustLevel: TrustLevel,
): readonly StatusPolicy[] {
  if (policies !== undefined && statusSource === undefined)
    throw new ConfigurationError(
      'option_missing',
      'The option `statusPolicies` is of no use without a `statusSource`.',
    );
  return resolveStatusPolicies(policies, minTrustLevel);
}

function rateLimit(name: string, value: RateLimit): RateLimit {
  if (!(value.perSecond > 0) || !(value.burst >= 1)) throw invalid(name, 'a rate: perSecond above 0, burst 1 or more');
  return value;
}

function invalid(name: string, wanted: string): ConfigurationError {
  return new ConfigurationError('option_invalid', `The option \`${name}\` must be ${wanted}.`);
}
