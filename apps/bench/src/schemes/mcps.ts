import { importPrivateKey, importPublicKey } from '@mcps/crypto';
import type { PrivateKey, PublicKey } from '@mcps/crypto';
import { createPassportId, signMessage, verifyMessageWithKey } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { signMessageSync, verifyMessageWithKeySync } from '@mcps/protocol/node';
import type { KeyPairKeyObjectResult } from 'node:crypto';
import { transmitted } from '../workloads/messages.js';
import type { AsyncScheme, SyncScheme } from './scheme.js';

/** Keys as MCPS holds them, and whose they are. */
export interface McpsIdentity {
  readonly passportId: string;
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
}

export async function mcpsIdentity(keys: KeyPairKeyObjectResult): Promise<McpsIdentity> {
  return {
    passportId: createPassportId(),
    publicKey: await importPublicKey(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    privateKey: await importPrivateKey(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  };
}

/** An MCPS envelope on the call: canonical form, hash, nonce, timestamp, signature, every check but the replay store's. */
export function mcpsSync({ passportId, publicKey, privateKey }: McpsIdentity): SyncScheme<JsonObject, JsonObject> {
  const options = { passportId, key: privateKey };
  return {
    name: 'MCPS sync',
    sign: (call) => signMessageSync(call, options).message,
    transmit: transmitted,
    verify: (message) => {
      verifyMessageWithKeySync(message, publicKey);
    },
  };
}

/** The same with promises. */
export function mcpsAsync({ passportId, publicKey, privateKey }: McpsIdentity): AsyncScheme<JsonObject, JsonObject> {
  const options = { passportId, key: privateKey };
  return {
    name: 'MCPS',
    sign: async (call) => (await signMessage(call, options)).message,
    transmit: transmitted,
    verify: async (message) => {
      await verifyMessageWithKey(message, publicKey);
    },
  };
}
