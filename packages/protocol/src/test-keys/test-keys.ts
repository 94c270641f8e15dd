import type { PublicKey } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { TEST_KEY_THUMBPRINTS } from './thumbprints.js';

/** Issuer names under this domain are reserved for tests and demonstrations (RFC 6761 reserves `.test` for the same purpose). */
export const TEST_ISSUER_SUFFIX = '.mcps.test';

const THUMBPRINTS: ReadonlySet<string> = new Set(TEST_KEY_THUMBPRINTS);

/** Whether the private half of a key has been published, so that anybody can sign with it. */
export function isTestKey(publicKey: PublicKey): boolean {
  return THUMBPRINTS.has(publicKey.thumbprint);
}

/** Whether an issuer name, or the host of an issuer URL, is reserved for tests: `mcps.test` and every name under it, in any letter case. */
export function isTestIssuer(name: string): boolean {
  const host = hostOf(name).toLowerCase().replace(/\.$/, '');
  return host === TEST_ISSUER_SUFFIX.slice(1) || host.endsWith(TEST_ISSUER_SUFFIX);
}

/**
 * Refuses a key whose private half is public. To be called where anchors and private keys are configured; verification itself knows no such list.
 *
 * Throws `ConfigurationError` `test_key_refused`.
 */
export function assertNotTestKey(publicKey: PublicKey): void {
  if (isTestKey(publicKey)) {
    throw new ConfigurationError('test_key_refused', 'This key is published as an example: anybody can sign with it.');
  }
}

/**
 * Refuses an issuer name that is reserved for tests. To be called where anchors are configured.
 *
 * Throws `ConfigurationError` `test_key_refused`.
 */
export function assertNotTestIssuer(name: string): void {
  if (isTestIssuer(name)) {
    throw new ConfigurationError(
      'test_key_refused',
      `Issuer names under ${TEST_ISSUER_SUFFIX.slice(1)} are reserved for tests.`,
    );
  }
}

function hostOf(name: string): string {
  if (!name.includes('://')) return name;
  try {
    return new URL(name).hostname;
  } catch {
    return name;
  }
}
