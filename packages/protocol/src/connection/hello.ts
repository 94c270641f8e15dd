import { encodeBase64Url, randomBytes } from '@mcps/crypto';
import { isObject, member, withMember, withoutMember } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { PROFILE_KEYS } from '../profile/index.js';
import type { Hello } from '../profile/index.js';
import { SUPPORTED_VERSIONS } from '../revision/index.js';
import { advertise, advertiseInMeta } from './capability.js';
import type { SecureCapability } from './capability.js';
import type { SecurityConfig } from './security-options.js';

/** The feature by which a server says that it keeps no session: every message stands for itself. */
export const STATELESS_FEATURE = 'stateless';

/** A fresh hello: 32 random bytes and what this side offers. The random value makes every transcript, and so every session, new. */
export function createHello(config: SecurityConfig): Hello {
  return { random: encodeBase64Url(randomBytes(32)), versions: [...SUPPORTED_VERSIONS], features: featuresOf(config) };
}

/** Advertises MCPS inside the `params` or `result` of a message of ours. */
export function advertised(message: JsonObject, container: 'params' | 'result', config: SecurityConfig): JsonObject {
  const holder = member(message, container);
  return withMember(message, container, advertise(isObject(holder) ? holder : {}, capabilityOf(config)));
}

/** Advertises MCPS among the capabilities that a request of ours states of itself. */
export function advertisedInMeta(message: JsonObject, config: SecurityConfig): JsonObject {
  return advertiseInMeta(message, capabilityOf(config));
}

function capabilityOf(config: SecurityConfig): SecureCapability {
  return { versions: SUPPORTED_VERSIONS, minTrustLevel: config.minTrustLevel, features: featuresOf(config) };
}

function featuresOf(config: SecurityConfig): string[] {
  return config.stateless ? [STATELESS_FEATURE] : [];
}

/** The signed `params` of an `initialize` request: the client's half of the transcript. */
export function clientHalf(signedRequest: JsonObject): JsonObject {
  return objectMember(signedRequest, 'params');
}

/** The signed `result` of `initialize` without the binding, which signs it: the server's half of the transcript. */
export function serverHalf(signedResponse: JsonObject): JsonObject {
  const result = objectMember(signedResponse, 'result');
  const meta = objectMember(result, '_meta');
  return withMember(result, '_meta', withoutMember(meta, PROFILE_KEYS.binding));
}

function objectMember(holder: JsonObject, name: string): JsonObject {
  const value = member(holder, name);
  return isObject(value) ? value : {};
}
