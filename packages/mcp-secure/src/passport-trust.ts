import { McpsError, TrustAnchors, effectiveTrustLevel, validateOrigin as validateOriginLayer } from '@mcps/protocol';
import type { Passport, TrustLevel, VerifiedPassport } from '@mcps/protocol';
import { createTrustAnchorsSync, verifyPassportSync } from '@mcps/protocol/node';
import { statusOf } from './check-revocation.js';
import type { RevocationResult } from './check-revocation.js';
import { TRUST_LEVELS } from './constants.js';
import { ERROR_CODES } from './error-codes.js';
import { publicKeyOf } from './keys.js';
import type { PublicKeyInput } from './keys.js';
import { objectOf } from './passport.js';
import { judge, refusalOf } from './refusal.js';
import type { Refusal, Verdict } from './refusal.js';

/** Whom to believe: the public key, or keys, of each authority by the name that its passports give as issuer. */
export type TrustStore = TrustAnchors | Readonly<Record<string, PublicKeyInput | readonly PublicKeyInput[]>>;

/** What {@link verifyIssuerChain} returns. */
export type ChainVerdict =
  | {
      readonly valid: true;
      readonly error: null;
      /** The authority at the top. */
      readonly root_issuer: string;
      /** How many signatures lead there: 1 where the authority has signed the passport itself. */
      readonly chain_length: number;
    }
  | ({ readonly valid: false; readonly root_issuer: null; readonly chain_length: 0 } & Refusal);

/** What of published chains is accepted although it is less than is asked for otherwise. */
export interface ChainOptions {
  /** Accept issuing passports that carry no right to issue: every holder of a passport then is an issuer. Default false. */
  readonly allowChainsWithoutIssuingRight?: boolean;
}

/**
 * Verifies a passport up to an authority of the trust store: every signature, every time, and that no issuer gave more than it had. Never throws. A chain of more
 * than 5 issuers is refused (MCPS-014), never cut; an issuer that nobody configured is MCPS-009.
 */
export function verifyIssuerChain(passport: unknown, trustStore: TrustStore, options: ChainOptions = {}): ChainVerdict {
  try {
    const { anchor, chain } = verifiedBy(passport, trustStore, options);
    if (anchor === undefined) throw new McpsError('level_insufficient');
    return { valid: true, error: null, root_issuer: anchor.issuer, chain_length: chain.length + 1 };
  } catch (cause) {
    const refusal = refusalOf(cause, ERROR_CODES.INVALID_PASSPORT);
    return { valid: false, root_issuer: null, chain_length: 0, ...refusal };
  }
}

/**
 * The trust level that a passport has, 0 to 4. Never throws. It is read from what has been verified, and from nothing else: 0 for a passport that no authority of the
 * trust store vouches for, whatever it claims. Names alone, as the published function takes them, verify nothing.
 *
 * From level 2 on a passport must be known not to be revoked: give what {@link checkRevocation} returned for it, a minute ago at most. Without it the level is at most 1.
 */
export function getEffectiveTrustLevel(
  passport: unknown,
  trustStore?: TrustStore | readonly string[] | null,
  revocation?: RevocationResult | null,
): TrustLevel {
  let level: TrustLevel = TRUST_LEVELS.UNSIGNED;
  judge(() => {
    if (trustStore === undefined || trustStore === null || isNames(trustStore)) return;
    const status = revocation === undefined || revocation === null ? undefined : statusOf(revocation);
    level = effectiveTrustLevel(verifiedBy(passport, trustStore, {}), status, Date.now());
  }, ERROR_CODES.INVALID_PASSPORT);
  return level;
}

function isNames(trustStore: object): trustStore is readonly string[] {
  return Array.isArray(trustStore);
}

function verifiedBy(passport: unknown, trustStore: TrustStore, options: ChainOptions): VerifiedPassport {
  const anchors = trustStore instanceof TrustAnchors ? trustStore : anchorsOf(trustStore);
  return verifyPassportSync(objectOf(passport), {
    anchors,
    compatibility: { issuingRightOptional: options.allowChainsWithoutIssuingRight === true },
  });
}

function anchorsOf(trustStore: Exclude<TrustStore, TrustAnchors>): TrustAnchors {
  return createTrustAnchorsSync(
    Object.entries(trustStore).map(([issuer, given]) => ({
      issuer,
      keys: (isList(given) ? given : [given]).map((key) => publicKeyOf(key)),
    })),
  );
}

function isList(keys: PublicKeyInput | readonly PublicKeyInput[]): keys is readonly PublicKeyInput[] {
  return Array.isArray(keys);
}

/**
 * Whether a passport is bound to an origin: scheme, host and port are equal (RFC 6454). Never throws; otherwise `error` is MCPS-011. Without an expected origin
 * there is nothing that it could be bound to.
 */
export function validateOrigin(passport: unknown, expectedOrigin: string): Verdict {
  return judge(() => {
    const origin: unknown = Reflect.get(objectOf(passport), 'origin');
    const claimed: Pick<Passport, 'origin'> = { origin: typeof origin === 'string' ? origin : null };
    validateOriginLayer(claimed, expectedOrigin);
  }, ERROR_CODES.ORIGIN_MISMATCH);
}
