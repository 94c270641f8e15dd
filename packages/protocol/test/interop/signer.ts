import { generateKeyPair } from '@mcps/crypto';
import type { PrivateKey, PublicKey } from '@mcps/crypto';

/** A key of this run and a passport id to sign under. */
export async function ours(): Promise<{ privateKey: PrivateKey; publicKey: PublicKey; passportId: string }> {
  return { ...(await generateKeyPair()), passportId: `asp_${'ab'.repeat(16)}` };
}
