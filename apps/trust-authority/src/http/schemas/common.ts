import { z } from '@hono/zod-openapi';
import { PROBLEM_CODES } from '../problem.js';

/** The id of a passport, in a path or a body. */
export const PassportId = z
  .string()
  .regex(/^asp_[0-9a-f]{32}$/)
  .openapi('PassportId', { example: 'asp_0123456789abcdef0123456789abcdef' });

/** The path of everything about one passport. */
export const PassportPath = z.strictObject({ id: PassportId.openapi({ param: { name: 'id', in: 'path' } }) });

export const Timestamp = z
  .string()
  .max(64)
  .openapi('Timestamp', { format: 'date-time', description: 'RFC 3339, UTC.', example: '2030-01-01T00:00:00.000Z' });

export const Signature = z
  .string()
  .max(128)
  .openapi('Signature', { description: 'Standard base64 of a 64-byte ES256 signature (r, then s).' });

export const HexDigest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .openapi('HexDigest', { description: 'SHA-256, lower-case hex.' });

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const PublicJwk = z
  .strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate })
  .openapi('PublicJwk', { description: 'A P-256 public key (RFC 7517).' });

export const TrustLevel = z.int().min(0).max(4).openapi('TrustLevel', { description: '0 unsigned to 4 audited.' });

export const TreeHeadReference = z
  .object({ tree_size: z.int().min(0), root_hash: HexDigest })
  .openapi('TreeHeadReference', { description: "The state of the authority's log." });

/** A whole number in a query. */
export const queryInteger = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,15})$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

export const Problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(PROBLEM_CODES).openapi({ description: 'For programs: what to do depends on this member alone.' }),
    mcps: z
      .string()
      .regex(/^MCPS-0(0[1-9]|1[0-5])$/)
      .optional(),
    reason: z.string().optional().openapi({ description: "One of the specification's reasons." }),
    member: z.string().optional().openapi({ description: 'The member of the request that is at fault.' }),
    successor_id: z.string().optional(),
    request_id: z.string().openapi({ description: 'Found in the log of the authority too.' }),
  })
  .openapi('Problem', { description: 'Why a request was refused: problem details (RFC 9457).' });
