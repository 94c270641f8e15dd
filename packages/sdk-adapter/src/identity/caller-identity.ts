import type { PeerIdentity } from '@mcps/protocol';
import type { AuthInfoLike, MessageExtraLike } from '../transport/transport-like.js';
import { identityOfRequest } from './handler-context.js';
import type { RequestPartsLike } from './handler-context.js';

/** The member of `extra.authInfo.extra` under which handlers find a {@link PeerIdentity}. */
export const IDENTITY_MEMBER = 'mcps';

const identities = new WeakMap<object, PeerIdentity>();

/**
 * The verified identity behind a message that a secured transport delivered, by the message object itself: for code that sees messages but not the
 * `extra` that came with them. `undefined` for unsigned callers and for any other object.
 */
export function identityOfMessage(message: object): PeerIdentity | undefined {
  return identities.get(message);
}

/** Identities that came out of verification: an object of the same shape from anywhere else is none of them. */
const verified = new WeakSet<PeerIdentity>();

/** What the SDK gives to the handler of a request beside the request: `extra` in 1.x, `ctx` in 2.x. Of either, what tells who is calling. */
export interface HandlerContextLike extends RequestPartsLike {
  /** SDK 1.x. */
  readonly authInfo?: ClaimsLike | undefined;
  /** SDK 2.x. */
  readonly http?: { readonly authInfo?: ClaimsLike | undefined } | undefined;
}

interface ClaimsLike {
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The verified identity of whoever sent the request that is being handled, given what the SDK hands to a handler as its last argument: `extra` in SDK 1.x
 * (`extra.authInfo.extra.mcps`), `ctx` in 2.x (`ctx.http.authInfo.extra.mcps`). Also works where there is no such member, behind `serveStdio` and with
 * `createAuthInfo` off. `undefined` for unsigned callers, and for anything that merely looks like an identity.
 */
export function callerIdentity(context: HandlerContextLike): PeerIdentity | undefined {
  const authInfo = context.authInfo ?? context.http?.authInfo;
  const identity = authInfo?.extra?.[IDENTITY_MEMBER] as PeerIdentity | undefined;
  return typeof identity === 'object' && verified.has(identity) ? identity : identityOfRequest(context);
}

/** Remembers whom a delivered message is from, for {@link identityOfMessage}. */
export function rememberIdentity(message: object, identity: PeerIdentity | undefined): void {
  if (identity === undefined) return;
  identities.set(message, identity);
  verified.add(identity);
}

/** Remembers an identity that came out of the verification of a request without a message. */
export function noteVerified(identity: PeerIdentity | undefined): void {
  if (identity !== undefined) verified.add(identity);
}

/**
 * The `extra` to deliver with a message: everything that the transport gave, `authInfo.extra.mcps` replaced by what has been verified. An `mcps` member
 * that came from outside never survives. Where OAuth made no `authInfo`, one is made from the identity (the passport id as client id, an empty token,
 * no scopes), unless `createAuthInfo` is off; for an unsigned caller none is ever made.
 */
export function withIdentity(
  extra: MessageExtraLike | undefined,
  identity: PeerIdentity | undefined,
  createAuthInfo: boolean,
): MessageExtraLike | undefined {
  const authInfo = authInfoWith(extra?.authInfo, identity, createAuthInfo);
  return authInfo === undefined || authInfo === extra?.authInfo ? extra : { ...extra, authInfo };
}

/** The `authInfo` of {@link withIdentity}. */
export function authInfoWith(
  authInfo: AuthInfoLike | undefined,
  identity: PeerIdentity | undefined,
  createAuthInfo: boolean,
): AuthInfoLike | undefined {
  if (authInfo === undefined) {
    if (identity === undefined || !createAuthInfo) return undefined;
    return { token: '', clientId: identity.passportId, scopes: [], extra: { [IDENTITY_MEMBER]: identity } };
  }
  const { [IDENTITY_MEMBER]: claimed, ...others } = authInfo.extra ?? {};
  if (identity === undefined) return claimed === undefined ? authInfo : { ...authInfo, extra: others };
  return { ...authInfo, extra: { ...others, [IDENTITY_MEMBER]: identity } };
}
