import { generateKeyPair } from '@mcps/crypto';
import { MemoryStatusSource, issuePassport } from '../../src/index.js';
import type { resolveSecurity } from '../../src/index.js';

export const WINDOW_MS = 300_000;

/** The passport id of the servers of the suites. */
export const SERVER_ID = `asp_${'b'.repeat(32)}`;

/** A passport of our own, and its key: servers of tests are not configured with published keys. */
export async function serverIdentity(
  now: number,
): Promise<Pick<Parameters<typeof resolveSecurity>[1], 'passport' | 'privateKey'>> {
  const [authority, own] = [await generateKeyPair(), await generateKeyPair()];
  const passport = await issuePassport({
    authority: { issuer: 'authority.example', key: authority.privateKey },
    subject: { name: 'server', version: '1.0.0', publicKey: own.publicKey },
    issuedAtMs: now,
    ttlSeconds: 60,
  });
  return { passport, privateKey: own.privateKey };
}

/** Who answers of every passport, or of that of the suites' client, what a vector says. */
export function statusSaying(status: string, clock: () => number): MemoryStatusSource {
  const source = new MemoryStatusSource({ otherwise: status === 'good' ? 'good' : 'unknown', clock });
  if (status === 'revoked') source.revoke({ anchor: 'authority.mcps.test', passportId: `asp_${'a'.repeat(32)}` });
  return source;
}
