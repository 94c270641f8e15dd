import { DEFAULT_REVISION, SUPPORTED_VERSIONS as SPOKEN, TRUST_LEVELS as LEVELS } from '@mcps/protocol';

export { MAX_CAPABILITIES, MAX_CHAIN_DEPTH as MAX_ISSUER_CHAIN_DEPTH, MAX_PASSPORT_BYTES } from '@mcps/protocol';

/** The version of MCPS that is signed: `1.0`. */
export const MCPS_VERSION: string = DEFAULT_REVISION.version;

/** Every version that can be verified, lowest first. */
export const SUPPORTED_VERSIONS: readonly string[] = SPOKEN;

/** The trust levels by their published names. */
export const TRUST_LEVELS = Object.freeze({
  /** Plain MCP, and every passport that nobody vouches for. */
  UNSIGNED: LEVELS.unsigned,
  /** A passport of an authority that is believed. */
  IDENTIFIED: LEVELS.identified,
  /** The same, and not revoked. */
  VERIFIED: LEVELS.verified,
  /** The same, with signed evidence of a security scan. */
  SCANNED: LEVELS.scanned,
  /** The same, with signed evidence of an audit. */
  AUDITED: LEVELS.audited,
});
