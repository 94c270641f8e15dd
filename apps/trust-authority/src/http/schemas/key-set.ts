import { z } from '@hono/zod-openapi';
import { KEY_PURPOSES } from '../../keys/key-ring.js';
import { PublicJwk, Signature, Timestamp } from './common.js';

const KeySetKey = z
  .object({ purpose: z.enum(KEY_PURPOSES), jwk: PublicJwk, not_before: Timestamp, not_after: Timestamp })
  .openapi('KeySetKey');

export const KeySet = z
  .object({
    authority: z.string(),
    era: z.int(),
    number: z.int(),
    issued_at: Timestamp,
    next_update: Timestamp,
    keys: z.array(KeySetKey),
    signature: Signature,
  })
  .openapi('KeySet');
