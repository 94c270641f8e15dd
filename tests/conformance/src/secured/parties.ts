import { generateKeyPair } from '@mcps/crypto';
import { createPassport, signPassport } from '@mcps/protocol';
import type { SecurityOptions } from '@mcps/protocol';

/** The two ends of a secured hop. */
export interface Parties {
  readonly client: SecurityOptions;
  readonly server: SecurityOptions;
}

/** A client and a server that one authority has named. Their keys last as long as the run, and neither takes anything unsigned from the other. */
export async function createParties(): Promise<Parties> {
  const issuer = 'authority.example';
  const authority = await generateKeyPair();
  const trustAnchors = [{ issuer, keys: [authority.publicKey] }];
  const party = async (name: string) => {
    const { publicKey, privateKey } = await generateKeyPair();
    const passport = createPassport({ name, version: '1.0.0', issuer, trustLevel: 1, publicKey });
    return { passport: await signPassport(passport, authority.privateKey), privateKey, trustAnchors };
  };
  const [client, server] = await Promise.all([party('conformance-client'), party('conformance-server')]);
  // The suite asks out of the blue what a client of the SDK asks only of a server that it has met: so the server is named beforehand.
  return { client: { ...client, audience: server.passport.passport_id }, server };
}
