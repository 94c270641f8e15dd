import { isObject, member, withMember } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';

/** The identifier under `capabilities.extensions` by which a side says that it speaks MCPS. */
export const EXTENSION_ID = 'dev.mcps/secure';

/** The value of the extension: what a side offers. */
export interface SecureCapability {
  readonly versions: readonly string[];
  readonly minTrustLevel: number;
  readonly features: readonly string[];
}

/** Where a client without a handshake states its capabilities, in `params._meta` of each message. */
const CLIENT_CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

/**
 * Advertises MCPS in `initialize` params, or in a result that states capabilities, replacing any claim that the application made itself. Returns a
 * copy; untouched parts are shared.
 */
export function advertise(holder: JsonObject, capability: SecureCapability): JsonObject {
  const capabilities = isObject(holder['capabilities']) ? holder['capabilities'] : {};
  return { ...holder, capabilities: withExtension(capabilities, capability) };
}

/** Advertises MCPS among the capabilities that a message states in `params._meta`. One that states none is returned as it is. */
export function advertiseInMeta(message: JsonObject, capability: SecureCapability): JsonObject {
  return changeMetaCapabilities(message, (capabilities) => withExtension(capabilities, capability));
}

/** Whether `initialize` params or a result that states capabilities claims MCPS: by our extension, or by the published `capabilities.mcps`. */
export function isAdvertised(holder: unknown): boolean {
  if (!isObject(holder) || !isObject(holder['capabilities'])) return false;
  return hasClaim(holder['capabilities']);
}

/** Whether the capabilities that a message states in `params._meta` claim MCPS. */
export function isAdvertisedInMeta(message: JsonObject): boolean {
  const { capabilities } = readMeta(message);
  return isObject(capabilities) && hasClaim(capabilities);
}

/**
 * Takes our advertisement out again before delivery: it speaks of one hop, and an application that passes capabilities on must not pass this on. An
 * `extensions` object that held nothing else goes with it.
 */
export function withoutAdvertisement(holder: JsonObject): JsonObject {
  const capabilities = holder['capabilities'];
  if (!isObject(capabilities)) return holder;
  const remaining = withoutExtension(capabilities);
  return remaining === capabilities ? holder : { ...holder, capabilities: remaining };
}

/** {@link withoutAdvertisement} for the capabilities in `params._meta`. */
export function withoutMetaAdvertisement(message: JsonObject): JsonObject {
  return changeMetaCapabilities(message, withoutExtension);
}

function withExtension(capabilities: JsonObject, capability: SecureCapability): JsonObject {
  const extensions = isObject(capabilities['extensions']) ? capabilities['extensions'] : {};
  const value: JsonObject = {
    versions: [...capability.versions],
    minTrustLevel: capability.minTrustLevel,
    features: [...capability.features],
  };
  return { ...capabilities, extensions: { ...extensions, [EXTENSION_ID]: value } };
}

function withoutExtension(capabilities: JsonObject): JsonObject {
  if (!isObject(capabilities['extensions'])) return capabilities;
  const { [EXTENSION_ID]: advertised, ...extensions } = capabilities['extensions'];
  if (advertised === undefined) return capabilities;
  const { extensions: _replaced, ...rest } = capabilities;
  return Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
}

function hasClaim(capabilities: JsonObject): boolean {
  if (Object.hasOwn(capabilities, 'mcps')) return true;
  return isObject(capabilities['extensions']) && Object.hasOwn(capabilities['extensions'], EXTENSION_ID);
}

function readMeta(message: JsonObject): Readonly<Record<'params' | 'meta' | 'capabilities', unknown>> {
  const params = member(message, 'params');
  const meta = isObject(params) ? member(params, '_meta') : undefined;
  return { params, meta, capabilities: isObject(meta) ? member(meta, CLIENT_CAPABILITIES_KEY) : undefined };
}

/** Returns the message itself where it states no capabilities in `params._meta`, or where nothing of them changes. */
function changeMetaCapabilities(message: JsonObject, change: (capabilities: JsonObject) => JsonObject): JsonObject {
  const { params, meta, capabilities } = readMeta(message);
  if (!isObject(params) || !isObject(meta) || !isObject(capabilities)) return message;
  const changed = change(capabilities);
  if (changed === capabilities) return message;
  const changedMeta = withMember(meta, CLIENT_CAPABILITIES_KEY, changed);
  return withMember(message, 'params', withMember(params, '_meta', changedMeta));
}
