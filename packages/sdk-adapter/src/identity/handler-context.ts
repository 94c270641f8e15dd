import type { JsonObject, PeerIdentity } from '@mcps/protocol';
import { isObject, member, requestIdOf } from '../json-object.js';

/** Where a request of a revision without handshake states the capabilities of its client. */
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

/** The parts of a request that the SDK hands to its handler as they are, in either line. */
export interface RequestPartsLike {
  /** SDK 1.x. */
  readonly _meta?: object | undefined;
  /** SDK 2.x, which takes what belongs to the revision out of `_meta`. */
  readonly mcpReq?: { readonly _meta?: object | undefined; readonly envelope?: object | undefined } | undefined;
}

const identities = new WeakMap<object, PeerIdentity>();

/** Requests that have such parts of ours. */
const tied = new WeakSet();

/**
 * A copy of a verified request by whose `params._meta` its handler can tell who is calling. Some of what stands between a transport and a handler passes
 * the message on and drops the `extra` that came with it (`serveStdio` of SDK 2.x does); a handler then sees `_meta`, or the capabilities in it, and
 * nothing else of the message. Both are objects of this one request, so three requests in a row are told apart, and nothing that is sent to us can be one.
 *
 * A request without `_meta` gets one that neither JSON nor a copy shows. Any other message, and one of nobody, is returned as it is.
 */
export function tieToRequest(message: JsonObject, identity: PeerIdentity | undefined): JsonObject {
  if (identity === undefined || requestIdOf(message) === undefined) return message;
  const params = objectOf(member(message, 'params'));
  const given = objectOf(member(params, '_meta'));
  const capabilities = member(given, CAPABILITIES_KEY);
  const ownCapabilities = { ...objectOf(capabilities) };
  const meta = isObject(capabilities) ? { ...given, [CAPABILITIES_KEY]: ownCapabilities } : { ...given };
  identities.set(ownCapabilities, identity);
  identities.set(meta, identity);
  const copy = withPart(message, 'params', withPart(params, '_meta', meta));
  tied.add(copy);
  return copy;
}

/** A copy of a message to sign and send, without what {@link tieToRequest} may have added when it was delivered. */
export function copyToSend(message: object): JsonObject {
  const copy: JsonObject = { ...message };
  const params = member(copy, 'params');
  return tied.has(message) && isObject(params) ? { ...copy, params: { ...params } } : copy;
}

/** Who sent the request that a handler is given these parts of. */
export function identityOfRequest({ _meta, mcpReq }: RequestPartsLike): PeerIdentity | undefined {
  const envelope = objectOf(mcpReq?.envelope);
  for (const part of [_meta, mcpReq?._meta, member(envelope, CAPABILITIES_KEY)]) {
    const identity = isObject(part) ? identities.get(part) : undefined;
    if (identity !== undefined) return identity;
  }
  return undefined;
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A copy with a member set; where the original has no such member, whoever lists or copies members does not see it. */
function withPart(holder: JsonObject, name: string, value: JsonObject): JsonObject {
  const enumerable = Object.hasOwn(holder, name);
  return Object.defineProperty({ ...holder }, name, { value, enumerable, configurable: true, writable: true });
}
