import { PublicKey } from '@mcps/crypto';
import type { PublicJwk } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import type { Evidence } from '../evidence/types.js';
import type { JsonObject } from '../json-rpc/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { TRUST_LEVELS } from '../trust-level/levels.js';
import type { TrustLevel } from '../trust-level/levels.js';
import { asConfiguration } from './configuration-fault.js';
import { createPassportId } from './passport-id.js';
import { parseUnsignedPassport } from './parse.js';
import { SELF_ISSUER } from './types.js';
import type { IssuingRight, KeyRotation, PassportExtension, UnsignedPassport } from './types.js';

/** How long a passport is valid when nothing else is asked for: 90 days. */
const DEFAULT_TTL_SECONDS = 90 * 24 * 60 * 60;

/** What a passport says of its holder. */
export interface PassportSubject {
  readonly name: string;
  readonly version: string;
  readonly publicKey: PublicKey | PublicJwk;
  /** At most 64. Default none. */
  readonly capabilities?: readonly string[];
  /** The origin (RFC 6454) that the passport is bound to. Default none. */
  readonly origin?: string | null;
  /** Default 0 for the issuer `self`, 1 for any other. */
  readonly trustLevel?: TrustLevel;
  /** `asp_` and 32 lower-case hex characters, never used before. Default random. */
  readonly id?: string;
  /** Default: none, so that the holder can issue nothing. */
  readonly issuing?: IssuingRight;
  readonly evidence?: readonly Evidence[];
  readonly statusIndex?: number;
  readonly minVersion?: string;
  readonly keyRotation?: KeyRotation;
  /** Scan results in the published, unsigned form. They raise no level. */
  readonly scan?: JsonObject | null;
}

/** From when until when a passport is valid. */
export interface PassportLifetime {
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly issuedAtMs?: number;
  /** Milliseconds since the Unix epoch; excludes `ttlSeconds`. */
  readonly expiresAtMs?: number;
  /** Seconds from `issuedAtMs` on. Default 90 days. */
  readonly ttlSeconds?: number;
  readonly clock?: Clock;
}

export interface CreatePassportOptions extends PassportSubject, PassportLifetime {
  /** The anchor's issuer name or the issuing passport's id. Default `self`. */
  readonly issuer?: string;
}

/**
 * Makes a passport that is still to be signed, see `signPassport`; `issuePassport` does both. Its `issuer_chain` is empty.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function createPassport(options: CreatePassportOptions): UnsignedPassport {
  const { name, version, publicKey, issuer = SELF_ISSUER, capabilities = [], origin = null } = options;
  const { trustLevel = issuer === SELF_ISSUER ? TRUST_LEVELS.unsigned : TRUST_LEVELS.identified } = options;
  const { issuedAtMs, expiresAtMs } = resolveLifetime(options);
  const { kty, crv, x, y } = publicKey instanceof PublicKey ? publicKey.jwk : publicKey;
  const ext = extensionOf(options);
  return asConfiguration('The passport', () =>
    parseUnsignedPassport({
      mcps_version: '1.0',
      passport_id: options.id ?? createPassportId(),
      agent: { name, version, capabilities: [...capabilities] },
      public_key: { kty, crv, x, y },
      origin,
      ...(options.scan === undefined ? {} : { scan: options.scan }),
      trust_level: trustLevel,
      issued_at: formatTimestamp(issuedAtMs),
      expires_at: formatTimestamp(expiresAtMs),
      issuer,
      issuer_chain: [],
      ...(options.keyRotation === undefined ? {} : { key_rotation: options.keyRotation }),
      ...(Object.keys(ext).length === 0 ? {} : { ext }),
    }),
  );
}

/**
 * The instants between which a passport is to be valid.
 *
 * Throws `ConfigurationError` `option_invalid` where both an end and a length are given, or one is no usable number.
 */
export function resolveLifetime(lifetime: PassportLifetime): { issuedAtMs: number; expiresAtMs: number } {
  const { clock = systemClock, issuedAtMs = clock(), ttlSeconds = DEFAULT_TTL_SECONDS } = lifetime;
  if (lifetime.expiresAtMs !== undefined && lifetime.ttlSeconds !== undefined) {
    throw new ConfigurationError('option_invalid', 'Give either expiresAtMs or ttlSeconds, not both.');
  }
  const { expiresAtMs = issuedAtMs + ttlSeconds * 1000 } = lifetime;
  if (!Number.isFinite(issuedAtMs) || !Number.isFinite(expiresAtMs) || expiresAtMs <= issuedAtMs) {
    throw new ConfigurationError('option_invalid', 'A passport must expire after it was issued.');
  }
  return { issuedAtMs, expiresAtMs };
}

function extensionOf(subject: PassportSubject): PassportExtension {
  const { issuing, evidence, statusIndex, minVersion } = subject;
  return {
    ...(issuing === undefined ? {} : { issuing }),
    ...(evidence === undefined || evidence.length === 0 ? {} : { evidence }),
    ...(statusIndex === undefined ? {} : { status_index: statusIndex }),
    ...(minVersion === undefined ? {} : { min_version: minVersion }),
  };
}
