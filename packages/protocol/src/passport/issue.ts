import type { PrivateKey, Signer } from '@mcps/crypto';
import { checkDelegation } from '../chain/delegation.js';
import { ConfigurationError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parseTimestamp } from '../time/index.js';
import { TRUST_LEVELS, leastLevel } from '../trust-level/levels.js';
import type { TrustLevel } from '../trust-level/levels.js';
import { asConfiguration } from './configuration-fault.js';
import { createPassport, resolveLifetime } from './create.js';
import type { PassportLifetime, PassportSubject } from './create.js';
import { signPassportSteps } from './sign.js';
import { SELF_ISSUER, issuerOf } from './types.js';
import type { Passport } from './types.js';

/** Who issues: a trust anchor of the verifiers, by name, or the holder of a passport with the right to issue. */
export type IssuingAuthority =
  | {
      /** The name under which verifiers have configured this authority as an anchor. */
      readonly issuer: string;
      readonly key: PrivateKey | Signer;
    }
  | {
      /** The issuing passport, with `ext.issuing`. */
      readonly passport: Passport;
      /** The key of that passport. */
      readonly key: PrivateKey | Signer;
      /** The issuers of that passport, its direct one first; none where a trust anchor issued it. */
      readonly chain?: readonly Passport[];
    };

export interface IssuePassportOptions extends PassportLifetime {
  readonly authority: IssuingAuthority;
  readonly subject: PassportSubject;
}

/**
 * Makes and signs a passport in one step: chooses an id, names the issuer, and encloses the chain of a delegated one.
 *
 * What is asked for in so many words and exceeds the issuer's right is refused. What is left open is fitted to it: the level is the default of 1
 * or less, and the life time ends with the issuer's passport at the latest. A passport that is itself to issue (`subject.issuing`) encloses no chain;
 * give its issuers as `chain` when issuing with it.
 *
 * Throws `ConfigurationError`: `option_invalid` for a subject beyond the issuer's right (the `cause` is the `McpsError` that verifiers would
 * throw), and for what `createPassport` and `signPassport` refuse; `key_mismatch` where the key is not that of the issuing passport.
 */
export function issuePassport(options: IssuePassportOptions): Promise<Passport> {
  return runAsync(issuePassportSteps(options));
}

export function* issuePassportSteps(options: IssuePassportOptions): Procedure<Passport> {
  const { authority, subject } = options;
  return 'passport' in authority
    ? yield* issueDelegated(authority, subject, options)
    : yield* issueAsAnchor(authority, subject, options);
}

function* issueAsAnchor(
  { issuer, key }: Extract<IssuingAuthority, { issuer: string }>,
  subject: PassportSubject,
  lifetime: PassportLifetime,
): Procedure<Passport> {
  if (issuer === SELF_ISSUER) {
    throw new ConfigurationError(
      'option_invalid',
      'An authority needs a name of its own; "self" is for passports without one.',
    );
  }
  return yield* signPassportSteps(createPassport({ ...subject, ...lifetimeOf(lifetime), issuer }), key);
}

function* issueDelegated(
  { passport, key, chain = [] }: Extract<IssuingAuthority, { passport: Passport }>,
  subject: PassportSubject,
  lifetime: PassportLifetime,
): Procedure<Passport> {
  checkKey(passport, key);
  checkChain(passport, chain);
  const issuers = [passport, ...chain];
  const trustLevel = subject.trustLevel ?? highestLevel(issuers);
  const draft = createPassport({
    ...subject,
    trustLevel,
    ...fittedLifetime(lifetime, passport),
    issuer: passport.passport_id,
  });
  asConfiguration('A passport beyond the right of its issuer', () => checkDelegation(draft, issuers));
  return yield* signPassportSteps(draft, key, draft.ext?.issuing === undefined ? { issuerChain: issuers } : {});
}

function checkKey(passport: Passport, key: PrivateKey | Signer): void {
  const jwk = key.publicKey?.jwk;
  if (jwk !== undefined && (passport.public_key?.x !== jwk.x || passport.public_key.y !== jwk.y)) {
    throw new ConfigurationError('key_mismatch', 'The key is not the one in the issuing passport.');
  }
}

function checkChain(passport: Passport, chain: readonly Passport[]): void {
  let child = passport;
  for (const parent of chain) {
    if (issuerOf(child) !== parent.passport_id) {
      throw new ConfigurationError(
        'option_invalid',
        'The chain must list the issuers of the issuing passport, its direct one first.',
      );
    }
    child = parent;
  }
}

function highestLevel(issuers: readonly Passport[]): TrustLevel {
  return leastLevel(
    TRUST_LEVELS.identified,
    ...issuers.map((issuer) => leastLevel(issuer.trust_level, issuer.ext?.issuing?.level ?? TRUST_LEVELS.unsigned)),
  );
}

function lifetimeOf({ issuedAtMs, expiresAtMs, ttlSeconds, clock }: PassportLifetime): PassportLifetime {
  return {
    ...(issuedAtMs === undefined ? {} : { issuedAtMs }),
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(clock === undefined ? {} : { clock }),
  };
}

function fittedLifetime(lifetime: PassportLifetime, issuer: Passport): PassportLifetime {
  const { issuedAtMs, expiresAtMs } = resolveLifetime(lifetime);
  if (lifetime.expiresAtMs !== undefined || lifetime.ttlSeconds !== undefined) return { issuedAtMs, expiresAtMs };
  return { issuedAtMs, expiresAtMs: Math.min(expiresAtMs, parseTimestamp(issuer.expires_at)) };
}
