import { exportPrivatePem, generateKeyPair } from '@mcps/crypto';
import { issuePassport } from '@mcps/protocol';
import type { Passport, RateLimit, TrustAnchorOptions } from '@mcps/protocol';

/** How one side proves who it is, and whom it believes: what secureMCP takes, in a form that fits into a file. */
export interface Security {
  readonly passport: Passport;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  readonly trustAnchors: readonly TrustAnchorOptions[];
  /** Absent where the defaults do. */
  readonly rateLimit?: RateLimit;
  readonly connectionLimit?: RateLimit;
}

/** More than any machine can call: what is measured is what a call takes, not what it is allowed. */
const UNLIMITED: RateLimit = { perSecond: 1e6, burst: 1e6 };

/** A server and a client with passports of one authority, which nobody else knows. */
export async function issueIdentities(): Promise<{ readonly server: Security; readonly client: Security }> {
  const issuer = 'bench-authority';
  const authority = await generateKeyPair();
  const trustAnchors = [{ issuer, keys: [authority.publicKey.jwk] }];
  const issue = async (name: string): Promise<Security> => {
    const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
    const passport = await issuePassport({
      authority: { issuer, key: authority.privateKey },
      subject: { name, version: '1.0.0', publicKey },
      ttlSeconds: 3600,
    });
    const limits = { rateLimit: UNLIMITED, connectionLimit: UNLIMITED };
    return { passport, privateKey: await exportPrivatePem(privateKey), trustAnchors, ...limits };
  };
  return { server: await issue('server'), client: await issue('client') };
}
