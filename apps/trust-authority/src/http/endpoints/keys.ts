import { z } from '@hono/zod-openapi';
import { formatTimestamp } from '@mcps/protocol';
import { AuthorityError } from '../../error.js';
import type { PublishedKey } from '../../keys/key-ring.js';
import { KEY_PURPOSES } from '../../keys/key-ring.js';
import type { Endpoint } from '../endpoint.js';
import { endpoint, json } from '../endpoint.js';
import { PublicJwk, Timestamp } from '../schemas/common.js';
import { KeySet } from '../schemas/key-set.js';
import type { HttpServices } from '../services.js';

const tag = 'Keys';

const Anchor = z
  .object({
    issuer: z.string(),
    keys: z.array(PublicJwk),
    statusKeys: z.array(PublicJwk),
    evidenceKeys: z.array(PublicJwk),
  })
  .openapi('Anchor', { description: 'What a verifier configures to trust this authority.' });

const Jwk = z
  .object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    kid: z.string().openapi({ description: 'RFC 7638 thumbprint.' }),
    use: z.literal('sig'),
    alg: z.literal('ES256'),
    mcps_purpose: z.enum(['root', ...KEY_PURPOSES]),
    nbf: z.int(),
    exp: z.int().optional(),
  })
  .openapi('Jwk');

const KeyAnswer = z
  .object({
    name: z.string(),
    purpose: z.string(),
    thumbprint: z.string(),
    not_before: Timestamp,
    signs_from: Timestamp,
  })
  .openapi('Key');

export function keyEndpoints({ keys }: HttpServices): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/ta/public-key',
      tag,
      summary: 'Get the keys to trust',
      description: 'Over a connection that is trusted, or compared with what the operator says.',
      isQuiet: true,
      answers: { 200: { description: 'The anchor.', schema: Anchor } },
      problems: [],
      handle: async () => json(keys.anchor()),
    }),
    endpoint({
      method: 'get',
      path: '/api/ta/jwks.json',
      tag,
      summary: 'Get the keys as a JWK Set (RFC 7517), old and new ones during a roll-over',
      isQuiet: true,
      answers: {
        200: {
          description: 'The key set.',
          contentType: 'application/jwk-set+json',
          schema: z.object({ keys: z.array(Jwk) }).openapi('JwkSet'),
        },
      },
      problems: [],
      handle: async () =>
        json({ keys: keys.published().map(toJwk) }, 200, { 'content-type': 'application/jwk-set+json' }),
    }),
    endpoint({
      method: 'get',
      path: '/api/ta/key-set',
      tag,
      summary: 'Get the keys as the root vouches for them',
      description:
        'Signed by a root key that verifiers have configured, so that they can follow a change of the others.',
      isQuiet: true,
      answers: { 200: { description: 'The signed key set.', schema: KeySet } },
      problems: ['key_set_missing'],
      handle: async () => {
        const keySet = keys.keySet();
        if (keySet === undefined) throw new AuthorityError('key_set_missing', 'No key set has been signed yet.');
        return json(keySet);
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/ta/rotate',
      tag,
      summary: 'Make a new key for a purpose',
      description:
        'It is published at once; a status or evidence key signs later, once verifiers know of it. What the old one has signed goes on counting, unless it is compromised: then nothing of it counts any more.',
      scope: 'admin',
      body: z
        .strictObject({ purpose: z.enum(KEY_PURPOSES), compromised: z.boolean().optional() })
        .openapi('RotateKeyRequest'),
      answers: { 201: { description: 'The new key.', schema: KeyAnswer } },
      problems: ['signer_unavailable'],
      handle: async ({ body: { purpose, compromised: isCompromised = false } }) => {
        const { name, thumbprint, notBeforeMs, signsFromMs } = await keys.rotate(purpose, { isCompromised });
        const times = { not_before: formatTimestamp(notBeforeMs), signs_from: formatTimestamp(signsFromMs) };
        return json({ name, purpose, thumbprint, ...times }, 201);
      },
    }),
  ];
}

function toJwk({ jwk, thumbprint, purpose, notBeforeMs, notAfterMs }: PublishedKey): object {
  return {
    ...jwk,
    kid: thumbprint,
    use: 'sig',
    alg: 'ES256',
    mcps_purpose: purpose,
    nbf: Math.floor(notBeforeMs / 1000),
    exp: notAfterMs === undefined ? undefined : Math.ceil(notAfterMs / 1000),
  };
}
