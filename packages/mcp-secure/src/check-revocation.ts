import { ConfigurationError, McpsError, checkStatus } from '@mcps/protocol';
import type { StatusOutcome, TrustAnchorOptions } from '@mcps/protocol';
import { TrustClientError, createTrustClient } from '@mcps/trust-client';
import type { TrustAuthorityOptions, TrustClient } from '@mcps/trust-client';
import { ERROR_CODES } from './error-codes.js';
import { publicKeyOf } from './keys.js';
import type { PublicKeyInput } from './keys.js';

/** What an authority said of a passport. */
export interface RevocationResult {
  /** `UNREACHABLE` also where what came could not be verified. */
  readonly status: 'VALID' | 'REVOKED' | 'UNKNOWN' | 'UNREACHABLE';
  /** False only where the authority has said, by its signature and just now, that the passport is good. */
  readonly revoked: boolean;
  /** Why it is not good; `null` for `VALID`. */
  readonly reason: string | null;
  /** Whether the answer was verified with a key that you gave, and not with one that the authority itself has named. */
  readonly verified: boolean;
}

const OUTCOMES = new WeakMap<RevocationResult, StatusOutcome>();

/** What `checkStatus` has found where the result says that a passport is good. */
export function statusOf(result: RevocationResult): StatusOutcome | undefined {
  return OUTCOMES.get(result);
}

/**
 * Asks a Trust Authority whether a passport is revoked, or one above it. Never rejects for what the authority or the network does.
 *
 * @param trustAuthority its address: `https`, or `http` on this machine. There is no default: nobody is asked who was not configured
 * @param trusted its public key, or its whole trust anchor. Without it the key that it names itself, over TLS, is believed
 *
 * Rejects with `ConfigurationError` for an address that cannot be used, and `CryptoError` for a key that is none.
 */
export async function checkRevocation(
  passportId: string,
  trustAuthority: string,
  trusted?: PublicKeyInput | TrustAnchorOptions | null,
): Promise<RevocationResult> {
  if (trusted === undefined || trusted === null) {
    return withClient({ urls: trustAuthority }, (client) => ask(client, passportId, false));
  }
  if (isAnchor(trusted)) {
    return withClient({ urls: trustAuthority, trustAnchor: trusted }, (client) => ask(client, passportId, true));
  }
  const keys = [publicKeyOf(trusted)];
  // Of what the authority says of itself only its name is taken: no other key can sign in it.
  return withClient({ urls: trustAuthority }, (named) => {
    const issuer = named.anchors.list()[0]?.issuer ?? '';
    return withClient({ urls: trustAuthority, trustAnchor: { issuer, keys } }, (client) =>
      ask(client, passportId, true),
    );
  });
}

/** Opens a client for one question. What goes wrong on the way is the answer, but for mistakes of the caller. */
async function withClient(
  authority: TrustAuthorityOptions,
  question: (client: TrustClient) => Promise<RevocationResult>,
): Promise<RevocationResult> {
  let client: TrustClient | undefined;
  try {
    // With configured keys it looks for those that they vouch for; nobody waits for revocations that are still to come.
    const subscribe = authority.trustAnchor !== undefined;
    client = await createTrustClient({ authorities: [authority], subscribe });
    return await question(client);
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    return notGood('UNREACHABLE', cause instanceof TrustClientError ? cause.code : 'unreachable');
  } finally {
    await client?.close();
  }
}

async function ask(client: TrustClient, passportId: string, verified: boolean): Promise<RevocationResult> {
  try {
    const passport = await client.resolve(passportId);
    if (passport === undefined) return notGood('UNKNOWN', 'unknown_passport');
    const outcome = await checkStatus(passport, client, { revocations: client.revocations });
    if (!outcome.fresh) return notGood('UNREACHABLE', outcome.reason ?? 'status_unavailable');
    const result: RevocationResult = Object.freeze({ status: 'VALID', revoked: false, reason: null, verified });
    OUTCOMES.set(result, outcome);
    return result;
  } catch (cause) {
    if (!(cause instanceof McpsError)) throw cause;
    const isRevoked = cause.code === ERROR_CODES.PASSPORT_REVOKED.code;
    return isRevoked ? { ...notGood('REVOKED', cause.reason), verified } : notGood('UNKNOWN', cause.reason);
  }
}

function notGood(status: 'REVOKED' | 'UNKNOWN' | 'UNREACHABLE', reason: string): RevocationResult {
  return { status, revoked: true, reason, verified: false };
}

function isAnchor(trusted: PublicKeyInput | TrustAnchorOptions): trusted is TrustAnchorOptions {
  return typeof trusted === 'object' && 'issuer' in trusted;
}
