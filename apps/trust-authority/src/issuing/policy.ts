import type { IssuingRight, TrustLevel } from '@mcps/protocol';
import type { Requester } from '../authority.js';
import type { PassportRecord } from '../passport-record.js';

/** What a passport is to be issued for. Whoever asks has proved to hold the key, and nothing more. */
export interface PolicyRequest {
  /** `issue`: for the first time; `renew`, `rotate`: to replace `previous`. */
  readonly action: 'issue' | 'renew' | 'rotate';
  readonly name: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly origin: string | null;
  /** RFC 7638 thumbprint of the key that the passport is to hold. */
  readonly keyThumbprint: string;
  /** As asked for; absent where that is left to the policy. */
  readonly level?: TrustLevel;
  readonly issuing?: IssuingRight;
  readonly previous?: PassportRecord;
  readonly requester: Requester;
}

export type PolicyDecision =
  | {
      readonly outcome: 'grant';
      readonly level: TrustLevel;
      /** The longest life of the passport, and how long it lives when nothing else is asked for. */
      readonly maxTtlSeconds: number;
      readonly ttlSeconds: number;
    }
  | {
      readonly outcome: 'refuse';
      /** Told to the requester. */
      readonly message: string;
    };

/** Decides who gets which passport. Asked after the proof of possession has been verified, and before anything is signed. */
export interface IssuingPolicy {
  decide(request: PolicyRequest): Promise<PolicyDecision>;
}
