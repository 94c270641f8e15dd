import type { KeyPairKeyObjectResult } from 'node:crypto';
import type { JsonObject } from '@mcps/protocol';
import jwt from 'jsonwebtoken';
import type { SyncScheme } from './scheme.js';

/** A JSON Web Token that holds the call, with its keys parsed once. */
export function jsonWebToken({ publicKey, privateKey }: KeyPairKeyObjectResult): SyncScheme<JsonObject, string> {
  return {
    name: 'jsonwebtoken',
    sign: (call) => jwt.sign(call, privateKey, { algorithm: 'ES256' }),
    verify: (token) => {
      jwt.verify(token, publicKey, { algorithms: ['ES256'] });
    },
  };
}
