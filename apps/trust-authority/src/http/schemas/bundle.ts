import { z } from '@hono/zod-openapi';
import { Signature, Timestamp } from './common.js';
import { KeySet } from './key-set.js';
import { Passport } from './passport.js';
import { StatusList } from './status.js';

export const Bundle = z
  .object({
    authority: z.string(),
    number: z.int(),
    created_at: Timestamp,
    expires_at: Timestamp,
    key_set: KeySet,
    passports: z.array(Passport),
    list: StatusList,
    signature: Signature,
  })
  .openapi('Bundle');
