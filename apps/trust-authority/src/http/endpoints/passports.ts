import { z } from '@hono/zod-openapi';
import { formatTimestamp } from '@mcps/protocol';
import type { TrustLevel } from '@mcps/protocol';
import type { Principal } from '../../access/scopes.js';
import type { Issued, PassportRequest as Wanted, Requester } from '../../authority.js';
import { AuthorityError } from '../../error.js';
import type { RevocationReason } from '../../passport-record.js';
import type { Endpoint } from '../endpoint.js';
import { endpoint, json } from '../endpoint.js';
import { HttpProblem } from '../problem.js';
import { PassportPath, queryInteger } from '../schemas/common.js';
import {
  ChallengeAnswer,
  EvidenceAnswer,
  PassportPageAnswer,
  PassportRecordAnswer,
  PassportRequest,
  RegisterRequest,
  RenewRequest,
  Report,
  RevocationAnswer,
  RevokeRequest,
  RotateRequest,
} from '../schemas/passport.js';
import { requireScope } from '../serve-endpoint.js';
import type { HttpServices } from '../services.js';
import { passportRecordToWire, revocationToWire } from '../wire.js';

const tag = 'Passports';
const changes = ['passport_unknown', 'passport_revoked', 'passport_expired', 'passport_superseded'] as const;
const proofs = ['challenge_invalid', 'challenge_used', 'proof_invalid', 'policy_refused', 'right_exceeded'] as const;
/** Reports of scanners are long. */
const MAX_REPORT_BYTES = 16 * 1024 * 1024;
const MAX_LEVEL: TrustLevel = 4;
/** Why the holder of a passport may revoke it. */
const HOLDER_REASONS: readonly RevocationReason[] = ['key_compromise', 'owner_request'];

export function passportEndpoints(
  { authority }: HttpServices,
  { enrolment }: { readonly enrolment: 'open' | 'token' },
): readonly Endpoint[] {
  const created = { 201: { description: 'The passport that was issued.', schema: PassportRecordAnswer } };
  const issuedAnswer = ({ record }: Issued) =>
    json(passportRecordToWire(record), 201, { location: `/api/passport/${record.id}` });
  const holderOf = (principal: Principal | undefined): Requester => {
    // Whoever holds a passport has been let in before: its key is enough.
    if (principal === undefined) return {};
    requireScope(principal, 'issue');
    return { principal: principal.name, maxLevel: MAX_LEVEL, mayDelegate: principal.scopes.has('admin') };
  };
  const requesterOf = (principal: Principal | undefined): Requester => {
    if (principal === undefined && enrolment === 'token') throw new HttpProblem('token_missing');
    return holderOf(principal);
  };
  return [
    endpoint({
      method: 'post',
      path: '/api/enroll',
      tag,
      summary: 'Get a challenge, to prove with that a key is held',
      answers: { 201: { description: 'A challenge that counts once.', schema: ChallengeAnswer } },
      problems: [],
      handle: async () => {
        const challenge = await authority.enrolment.challenge();
        const { authority: name, challenge: text, expiresAtMs } = challenge;
        return json({ authority: name, challenge: text, expires_at: formatTimestamp(expiresAtMs) }, 201);
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/passport',
      tag,
      summary: 'Issue a passport',
      description: 'To whoever proves to hold the key. What it may say is decided by the policy, and by the token.',
      acceptsToken: true,
      body: PassportRequest,
      answers: created,
      problems: proofs,
      handle: async ({ body, principal }) =>
        issuedAnswer(await authority.passports.issue(wantedOf(body), requesterOf(principal))),
    }),
    endpoint({
      method: 'post',
      path: '/api/passport/register',
      tag,
      summary: 'Register a passport that was issued under a delegated right',
      scope: 'issue',
      body: RegisterRequest,
      answers: { 201: { description: 'What is now known of it.', schema: PassportRecordAnswer } },
      problems: ['right_exceeded', 'passport_conflict', 'policy_refused'],
      handle: async ({ body, principal }) => {
        const record = await authority.passports.register(body.passport, requesterOf(principal));
        return json(passportRecordToWire(record), 201, { location: `/api/passport/${record.id}` });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/passport/{id}',
      tag,
      summary: 'Get a passport and what is known of it',
      isQuiet: true,
      params: PassportPath,
      answers: { 200: { description: 'The passport.', schema: PassportRecordAnswer } },
      problems: ['passport_unknown'],
      handle: async ({ params }) => {
        const record = await authority.passports.get(params.id);
        if (record === undefined)
          throw new AuthorityError('passport_unknown', 'This authority issued no such passport.');
        return json(passportRecordToWire(record));
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/passports',
      tag,
      summary: 'List and search passports, newest first',
      scope: 'read',
      query: z.strictObject({
        name_prefix: z.string().max(256).optional(),
        status: z.enum(['VALID', 'REVOKED', 'EXPIRED']).optional(),
        key: z
          .string()
          .regex(/^[A-Za-z0-9_-]{43}$/)
          .optional()
          .openapi({ description: 'RFC 7638 thumbprint of the key.' }),
        limit: queryInteger(1, 500).optional(),
        cursor: z.string().max(256).optional(),
      }),
      answers: { 200: { description: 'A page.', schema: PassportPageAnswer } },
      problems: [],
      handle: async ({ query }) => {
        const { name_prefix: namePrefix, status, key: keyThumbprint, limit, cursor } = query;
        const page = await authority.passports.search(defined({ namePrefix, status, keyThumbprint, limit, cursor }));
        return json({ passports: page.records.map(passportRecordToWire), cursor: page.cursor });
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/renew/{id}',
      tag,
      summary: 'Issue a successor for the same key',
      acceptsToken: true,
      params: PassportPath,
      body: RenewRequest,
      answers: created,
      problems: [...changes, ...proofs],
      handle: async ({ params, body, principal }) => {
        const { proof, ttl_seconds: ttlSeconds } = body;
        const request = { proof, ...defined({ ttlSeconds }) };
        return issuedAnswer(await authority.passports.renew(params.id, request, holderOf(principal)));
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/rotate/{id}',
      tag,
      summary: 'Issue a successor with a new key',
      acceptsToken: true,
      params: PassportPath,
      body: RotateRequest,
      answers: created,
      problems: [...changes, ...proofs, 'rotation_invalid'],
      handle: async ({ params, body, principal }) => {
        const { new_public_key: newPublicKey, rotation, proof, ttl_seconds: ttlSeconds } = body;
        const request = { newPublicKey, rotation, proof, ...defined({ ttlSeconds }) };
        return issuedAnswer(await authority.passports.rotate(params.id, request, holderOf(principal)));
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/revoke/{id}',
      tag,
      summary: 'Revoke a passport, for good',
      description:
        'With a token of the scope `revoke`, or by its own key. Acknowledged once it is durable. Asked again, the first revocation is returned.',
      acceptsToken: true,
      params: PassportPath,
      body: RevokeRequest,
      answers: { 200: { description: 'The revocation.', schema: RevocationAnswer } },
      problems: [
        'passport_unknown',
        'passport_revoked',
        'passport_expired',
        'token_missing',
        'scope_missing',
        ...proofs,
      ],
      handle: async ({ params, body: { reason, proof }, principal }) => {
        const by = principal?.name ?? params.id;
        if (principal !== undefined) {
          requireScope(principal, 'revoke');
        } else {
          if (proof === undefined) throw new HttpProblem('token_missing');
          if (!HOLDER_REASONS.includes(reason)) {
            throw new AuthorityError('request_invalid', 'That is not for a holder to say.', { member: 'reason' });
          }
          await authority.enrolment.prove(params.id, proof);
        }
        return json(revocationToWire(await authority.revocations.revoke(params.id, { reason, by })));
      },
    }),
    ...(['scan', 'audit'] as const).map((kind) =>
      endpoint({
        method: 'post',
        path: `/api/${kind}/{id}`,
        tag: 'Evidence',
        summary:
          kind === 'scan'
            ? 'Hand in the report of a security scan (SARIF 2.1.0), the condition of level 3'
            : 'Hand in the record of an audit, the condition of level 4',
        scope: 'audit',
        params: PassportPath,
        body: Report,
        maxBodyBytes: MAX_REPORT_BYTES,
        answers: { 201: { description: 'The evidence and the new passport.', schema: EvidenceAnswer } },
        problems: [...changes, 'evidence_invalid', 'evidence_negative'],
        handle: async ({ params, body, principal }) => {
          const { evidence, issued } = await authority.evidence[kind](params.id, body, principal?.name ?? '');
          return json({ evidence, passport: passportRecordToWire(issued.record) }, 201);
        },
      }),
    ),
  ];
}

function wantedOf(body: z.output<typeof PassportRequest>): Wanted {
  const { name, version, public_key: publicKey, proof, capabilities, origin, issuing } = body;
  const { ttl_seconds: ttlSeconds, min_version: minVersion } = body;
  const level = body.level as TrustLevel | undefined;
  return {
    name,
    version,
    publicKey,
    proof,
    ...defined({ capabilities, origin, level, ttlSeconds, minVersion }),
    ...(issuing === undefined ? {} : { issuing: { ...issuing, level: issuing.level as TrustLevel } }),
  };
}

/** Without the members that are undefined. */
function defined<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
