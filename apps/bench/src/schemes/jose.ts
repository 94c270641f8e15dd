import type { KeyPairKeyObjectResult } from 'node:crypto';
import type { JsonObject } from '@mcps/protocol';
import { CompactSign, compactVerify, importPKCS8, importSPKI } from 'jose';
import type { AsyncScheme } from './scheme.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A compact JSON Web Signature over the call, with its keys parsed once. */
export async function joseCompact(keys: KeyPairKeyObjectResult): Promise<AsyncScheme<JsonObject, string>> {
  const privateKey = await importPKCS8(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'ES256');
  const publicKey = await importSPKI(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'ES256');
  return {
    name: 'jose compact',
    sign: (call) =>
      new CompactSign(encoder.encode(JSON.stringify(call))).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
    verify: async (jws) => {
      const { payload } = await compactVerify(jws, publicKey);
      JSON.parse(decoder.decode(payload));
    },
  };
}
