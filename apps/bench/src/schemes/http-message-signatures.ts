import { createHash } from 'node:crypto';
import type { KeyPairKeyObjectResult } from 'node:crypto';
import type { JsonObject } from '@mcps/protocol';
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';
import type { AsyncScheme } from './scheme.js';

interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: string;
}

const ALGORITHM = 'ecdsa-p256-sha256';
const FIELDS = ['@method', '@target-uri', 'content-digest'];

function contentDigest(body: string): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** An HTTP request (RFC 9421) whose body is the call, with its digest (RFC 9530). */
export function httpMessageSignatures(keys: KeyPairKeyObjectResult): AsyncScheme<JsonObject, SignedRequest> {
  const key = createSigner(keys.privateKey, ALGORITHM, 'bench');
  const verifier = { id: 'bench', algs: [ALGORITHM], verify: createVerifier(keys.publicKey, ALGORITHM) };
  return {
    name: 'RFC 9421',
    sign: async (call) => {
      const body = JSON.stringify(call);
      const headers = { 'content-digest': contentDigest(body) };
      const request = { method: 'POST', url: 'https://server.example/mcp', headers, body };
      return httpbis.signMessage({ key, fields: FIELDS }, request);
    },
    verify: async (request) => {
      const valid = await httpbis.verifyMessage(
        { keyLookup: () => Promise.resolve(verifier), requiredFields: FIELDS },
        request,
      );
      if (valid !== true || request.headers['content-digest'] !== contentDigest(request.body)) {
        throw new Error('The signature of the request does not verify');
      }
      JSON.parse(request.body);
    },
  };
}
