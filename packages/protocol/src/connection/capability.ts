import { isObject } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';

/** The identifier under `capabilities.extensions` by which a side says that it speaks MCPS. */
export const EXTENSION_ID = 'dev.mcps/secure';

/** The value of the extension: what a side offers. */
export interface SecureCapability {
  readonly versions: readonly string[];
  readonly minTrustLevel: number;
  readonly features: readonly string[];
}

/**
 * Advertises MCPS in `initialize` params or in its result, replacing any claim that the application made itself. Returns a copy; untouched parts
 * are shared.
 */
export function advertise(holder: JsonObject, capability: SecureCapability): JsonObject {
  const capabilities = isObject(holder['capabilities']) ? holder['capabilities'] : {};
  const extensions = isObject(capabilities['extensions']) ? capabilities['extensions'] : {};
  const value: JsonObject = {
    versions: [...capability.versions],
    minTrustLevel: capability.minTrustLevel,
    features: [...capability.features],
  };
  return { ...holder, capabilities: { ...capabilities, extensions: { ...extensions, [EXTENSION_ID]: value } } };
}

/** Whether `initialize` params or its result claims MCPS: by our extension, or by the published `capabilities.mcps`. */
export function isAdvertised(holder: unknown): boolean {
  if (!isObject(holder) || !isObject(holder['capabilities'])) return false;
  const capabilities = holder['capabilities'];
  if (Object.hasOwn(capabilities, 'mcps')) return true;
  return isObject(capabilities['extensions']) && Object.hasOwn(capabilities['extensions'], EXTENSION_ID);
}

/**
 * Takes our advertisement out again before delivery: it speaks of one hop, and an application that passes capabilities on must not pass this on. An
 * `extensions` object that held nothing else goes with it.
 */
export function withoutAdvertisement(holder: JsonObject): JsonObject {
  const capabilities = holder['capabilities'];
  if (!isObject(capabilities) || !isObject(capabilities['extensions'])) return holder;
  const { [EXTENSION_ID]: advertised, ...extensions } = capabilities['extensions'];
  if (advertised === undefined) return holder;
  const { extensions: _replaced, ...rest } = capabilities;
  const remaining = Object.keys(extensions).length > 0 ? { ...rest, extensions } : rest;
  return { ...holder, capabilities: remaining };
}
