import { ConfigurationError } from '../errors/index.js';
import type { TrustLevel } from '../trust-level/index.js';

/**
 * What becomes of a peer whose passport cannot be said to be good now, because nobody answers or only with what is too old. One that is known as revoked is
 * refused whatever the policy.
 *
 * - `fail-closed`: it is refused.
 * - `fail-open`: it counts for level 1 at most.
 * - `fail-open-cached`: the last good answer counts until it is `maxAgeMs` old, also where its maker no longer stands by it; then as `fail-closed`.
 */
export type StatusPolicy =
  | 'fail-closed'
  | 'fail-open'
  | {
      readonly mode: 'fail-open-cached';
      /** Milliseconds since the answer was made. */
      readonly maxAgeMs: number;
    };

/** Policies by the level that the peer has where it is good. */
export type StatusPolicies = Partial<Readonly<Record<1 | 2 | 3 | 4, StatusPolicy>>>;

/**
 * Fills in what is not said: `fail-closed` where the verifier's least level is 2 or more, `fail-open` below. Level 0 has no status.
 *
 * Throws `ConfigurationError` `option_invalid` for what is no policy, and for one that lets nobody in: `fail-open` where level 1 is not enough.
 */
export function resolveStatusPolicies(
  policies: StatusPolicies | undefined,
  minTrustLevel: TrustLevel,
): readonly StatusPolicy[] {
  const otherwise: StatusPolicy = minTrustLevel >= 2 ? 'fail-closed' : 'fail-open';
  const resolved: StatusPolicy[] = ['fail-open', otherwise, otherwise, otherwise, otherwise];
  for (const [level, policy] of Object.entries(policies ?? {})) {
    if (!/^[1-4]$/.test(level)) throw invalid('has the levels 1 to 4');
    resolved[Number(level)] = policyOf(policy, minTrustLevel);
  }
  return Object.freeze(resolved);
}

function policyOf(policy: unknown, minTrustLevel: TrustLevel): StatusPolicy {
  if (policy === 'fail-closed') return policy;
  if (policy === 'fail-open') {
    if (minTrustLevel >= 2) throw invalid('cannot be `fail-open` where level 1 is not enough');
    return policy;
  }
  const { mode, maxAgeMs } = Object.assign(Object.create(null) as Record<string, unknown>, policy);
  if (mode !== 'fail-open-cached' || typeof maxAgeMs !== 'number' || !Number.isSafeInteger(maxAgeMs) || maxAgeMs < 0)
    throw invalid('is `fail-closed`, `fail-open` or `{ mode: "fail-open-cached", maxAgeMs }`');
  return Object.freeze({ mode, maxAgeMs });
}

function invalid(rule: string): ConfigurationError {
  return new ConfigurationError('option_invalid', `The option \`statusPolicies\` ${rule}.`);
}
