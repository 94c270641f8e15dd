import { TRUST_LEVELS } from '@mcps/protocol';
import type { TrustLevel } from '@mcps/protocol';
import type { IssuingPolicy, PolicyDecision, PolicyRequest } from './policy.js';

export interface StandardPolicyOptions {
  /** The highest level for a requester whom nobody has authenticated; `closed` refuses them. Default 1. */
  readonly open?: TrustLevel | 'closed';
  /** The highest level for anybody. Default 2; evidence raises a passport of level 2 later. */
  readonly maxLevel?: TrustLevel;
  /** Default 90 days. */
  readonly ttlSeconds?: number;
  /** Default: `ttlSeconds`. */
  readonly maxTtlSeconds?: number;
  /** The capabilities that may be given; `*` stands for any. Default `['*']`. */
  readonly capabilities?: readonly string[];
  /** The agents' names that may be given. Default: any. */
  readonly names?: readonly string[];
  /** Keys, by RFC 7638 thumbprint, that passports may be issued for. Default: any. */
  readonly keys?: readonly string[];
}

const DAY_SECONDS = 86_400;

/**
 * The policy that comes with the authority: levels by who asks, within lists of names, capabilities and keys. A right to issue is for requesters who may
 * delegate. A successor has at most the level of the passport that it replaces, and is not cut back when the lists have become shorter but for its level: that
 * is what revoking is for.
 */
export function standardPolicy(options: StandardPolicyOptions = {}): IssuingPolicy {
  const { open = TRUST_LEVELS.identified, maxLevel = TRUST_LEVELS.verified } = options;
  const { ttlSeconds = 90 * DAY_SECONDS, maxTtlSeconds = ttlSeconds, capabilities = ['*'] } = options;
  const capabilitySet = new Set(capabilities);
  const names = options.names === undefined ? undefined : new Set(options.names);
  const keys = options.keys === undefined ? undefined : new Set(options.keys);

  const decide = (request: PolicyRequest): PolicyDecision => {
    const { action, requester } = request;
    const isAnonymous = requester.principal === undefined;
    if (action === 'issue' && isAnonymous && open === 'closed') return refuse('Enrolment needs a token.');
    if (names?.has(request.name) === false) return refuse('This name is not given here.');
    if (keys?.has(request.keyThumbprint) === false) return refuse('This key is not admitted here.');
    const wanted = [...request.capabilities, ...(request.issuing?.capabilities ?? [])];
    if (!capabilitySet.has('*') && !wanted.every((capability) => capabilitySet.has(capability))) {
      return refuse('A capability is not given here.');
    }
    if (action === 'issue' && request.issuing !== undefined && requester.mayDelegate !== true) {
      return refuse('Nobody has allowed this requester a right to issue.');
    }
    const level = levelFor(request);
    if (request.level !== undefined && request.level > level)
      return refuse('The level is beyond what this requester gets.');
    return { outcome: 'grant', level: request.level ?? level, ttlSeconds, maxTtlSeconds };
  };

  const levelFor = ({ action, previous, requester }: PolicyRequest): TrustLevel => {
    // Evidence may have raised it above what anybody is given at first.
    if (action !== 'issue' && previous !== undefined) return previous.passport.trust_level;
    const own = requester.principal === undefined ? (open === 'closed' ? 0 : open) : (requester.maxLevel ?? maxLevel);
    return own < maxLevel ? own : maxLevel;
  };

  return { decide: async (request) => decide(request) };
}

function refuse(message: string): PolicyDecision {
  return { outcome: 'refuse', message };
}
