import { z } from '@hono/zod-openapi';
import { REVOCATION_REASONS } from '../../passport-record.js';
import { HexDigest, PassportId, PublicJwk, Signature, Timestamp, TrustLevel } from './common.js';

const text = z.string().min(1).max(256);
const Capabilities = z.array(text).max(64);
const TtlSeconds = z.int().min(1).max(315_360_000);

export const ProofOfPossession = z
  .strictObject({
    authority: text,
    challenge: z.string().max(128),
    key_thumbprint: z.string().max(64),
    expires_at: Timestamp,
    signature: Signature,
  })
  .openapi('ProofOfPossession', {
    description: "The agent's signature, under the context `proof-of-possession`, over the challenge it was given.",
  });

const IssuingRight = z
  .strictObject({ depth: z.int().min(0).max(4), level: TrustLevel, capabilities: Capabilities })
  .openapi('IssuingRight');

export const ChallengeAnswer = z
  .object({ authority: z.string(), challenge: z.string(), expires_at: Timestamp })
  .openapi('Challenge');

export const PassportRequest = z
  .strictObject({
    name: text,
    version: text,
    public_key: PublicJwk,
    capabilities: Capabilities.optional(),
    origin: z.string().max(2048).nullable().optional(),
    level: TrustLevel.optional(),
    ttl_seconds: TtlSeconds.optional(),
    issuing: IssuingRight.optional(),
    min_version: z.string().max(32).optional(),
    proof: ProofOfPossession,
  })
  .openapi('PassportRequest');

export const RegisterRequest = z
  .strictObject({ passport: z.record(z.string(), z.unknown()) })
  .openapi('RegisterRequest', { description: 'A passport that the holder of a right to issue has issued.' });

export const RenewRequest = z
  .strictObject({ proof: ProofOfPossession, ttl_seconds: TtlSeconds.optional() })
  .openapi('RenewRequest');

export const RotateRequest = z
  .strictObject({
    new_public_key: PublicJwk,
    rotation: z.record(z.string(), z.unknown()).openapi({ description: 'Signed by the old key and by the new one.' }),
    proof: ProofOfPossession.openapi({ description: 'By the new key.' }),
    ttl_seconds: TtlSeconds.optional(),
  })
  .openapi('RotateRequest');

const RevocationReason = z.enum(REVOCATION_REASONS).openapi('RevocationReason');

export const RevokeRequest = z
  .strictObject({
    reason: RevocationReason,
    proof: ProofOfPossession.optional().openapi({
      description: "By the passport's own key, instead of a token; then the reason is one that a holder can know.",
    }),
  })
  .openapi('RevokeRequest');

export const RevocationAnswer = z
  .object({
    passport_id: PassportId,
    reason: RevocationReason,
    revoked_at: Timestamp,
    epoch: z.int(),
    is_new: z.boolean().openapi({ description: 'False where the passport had been revoked before.' }),
  })
  .openapi('Revocation');

export const Passport = z
  .record(z.string(), z.unknown())
  .openapi('Passport', { description: 'A signed passport as the MCPS specification has it.' });

export const PassportRecordAnswer = z
  .object({
    passport: Passport,
    status: z.enum(['VALID', 'REVOKED', 'EXPIRED']),
    digest: HexDigest,
    issued_at: Timestamp,
    expires_at: Timestamp,
    key_thumbprint: z.string(),
    status_index: z.int().optional(),
    supersedes: PassportId.optional(),
    superseded_by: PassportId.optional(),
    superseded_at: Timestamp.optional(),
    revocation: z.object({ reason: RevocationReason, revoked_at: Timestamp, epoch: z.int() }).optional(),
    log_index: z.int(),
  })
  .openapi('PassportRecord');

export const PassportPageAnswer = z
  .object({ passports: z.array(PassportRecordAnswer), cursor: z.string().optional() })
  .openapi('PassportPage');

export const EvidenceAnswer = z
  .object({ evidence: z.record(z.string(), z.unknown()), passport: PassportRecordAnswer })
  .openapi('EvidenceResult', {
    description: 'The signed evidence, and the passport with it, which supersedes the one that was examined.',
  });

export const Report = z
  .record(z.string(), z.unknown())
  .openapi('Report', { description: 'The report as the scanner or auditor wrote it.' });
