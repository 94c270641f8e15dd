import { CryptoError, importPublicKey } from '@mcps/crypto';
import type { PublicJwk, PublicKey } from '@mcps/crypto';
import {
  ConfigurationError,
  McpsError,
  createTrustAnchors,
  issuePassport,
  parsePassport,
  parseTimestamp,
  previousKeyHash,
  verifyPassport,
  verifyRotationProof,
} from '@mcps/protocol';
import type { Clock, Evidence, Passport, PassportSubject, TrustLevel } from '@mcps/protocol';
import type {
  Issued,
  PassportPage,
  PassportQuery,
  PassportRequest,
  Passports,
  RenewRequest,
  Requester,
  RotateRequest,
} from '../authority.js';
import { AuthorityError } from '../error.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { Batch, UsedChallenge } from '../ledger/batch.js';
import type { Ledger } from '../ledger/ledger.js';
import { recordOf, rowOf } from '../passport-rows.js';
import type { PassportRecord } from '../passport-record.js';
import { guarded } from '../store/open-store.js';
import { findPassports } from '../store/repository.js';
import type { Store } from '../store/store.js';
import type { Challenges } from './challenges.js';
import type { IssuingPolicy, PolicyRequest } from './policy.js';
import { checkPossession } from './possession.js';
import { searchPassports } from './search.js';
import type { StatusIndices } from './status-indices.js';

export interface IssuingServiceOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly keys: KeyRing;
  readonly challenges: Challenges;
  readonly policy: IssuingPolicy;
  readonly indices: StatusIndices;
  readonly clock: Clock;
  /** How long a passport that has a successor still counts, so that its holder can change over. */
  readonly graceSeconds: number;
}

/** A passport as it is and as it is to be. */
interface Succession {
  readonly previous: PassportRecord;
  readonly key: PublicKey;
  readonly level: TrustLevel;
  readonly ttlSeconds: number;
  readonly evidence?: readonly Evidence[];
  readonly keyRotation?: PassportSubject['keyRotation'];
  readonly challenge?: UsedChallenge;
}

/** How far the old key's clock may be from ours when it signs for the new one. */
const ROTATION_WINDOW_MS = 300_000;

/** Issues passports and their successors. */
export class IssuingService implements Passports {
  readonly #options: IssuingServiceOptions;

  constructor(options: IssuingServiceOptions) {
    this.#options = options;
  }

  async issue(request: PassportRequest, requester: Requester): Promise<Issued> {
    const { ledger, keys, indices } = this.#options;
    const { name, version, capabilities = [], origin = null, issuing, minVersion, level: wanted } = request;
    const key = await importKey(request.publicKey, 'public_key');
    const challenge = await checkPossession(request.proof, key, this.#possession);
    const { level, ttlSeconds } = await this.#decide(
      {
        action: 'issue',
        name,
        version,
        capabilities,
        origin,
        keyThumbprint: key.thumbprint,
        requester,
        ...(wanted === undefined ? {} : { level: wanted }),
        ...(issuing === undefined ? {} : { issuing }),
      },
      request.ttlSeconds,
    );
    const { passport, issuerId } = await this.#sign(keys, ttlSeconds, {
      name,
      version,
      publicKey: key,
      capabilities,
      origin,
      trustLevel: level,
      statusIndex: await indices.next(),
      ...(issuing === undefined ? {} : { issuing }),
      ...(minVersion === undefined ? {} : { minVersion }),
    });
    const row = await rowOf(passport, key, null);
    return ledger.submit({
      challenges: [challenge],
      passportIds: [issuerId],
      apply: (batch) => {
        batch.takeChallenge(challenge.challenge);
        checkIssuer(batch, issuerId);
        return { passport, record: recordOf(batch.issue(row), batch.now) };
      },
    });
  }

  async renew(passportId: string, request: RenewRequest, requester: Requester): Promise<Issued> {
    const previous = await this.#replaceable(passportId);
    const key = await importKey(previous.passport.public_key, 'id');
    const challenge = await checkPossession(request.proof, key, this.#possession);
    const granted = await this.#decide(policyRequest('renew', previous, key, requester), request.ttlSeconds);
    const evidence = previous.passport.ext?.evidence;
    return this.succeed({ previous, key, challenge, ...granted, ...(evidence === undefined ? {} : { evidence }) });
  }

  async rotate(passportId: string, request: RotateRequest, requester: Requester): Promise<Issued> {
    const previous = await this.#replaceable(passportId);
    const oldKey = await importKey(previous.passport.public_key, 'id');
    const key = await importKey(request.newPublicKey, 'new_public_key');
    const rotatedAtMs = await verifyRotationProof(request.rotation, {
      previousId: passportId,
      previousKey: oldKey,
      newKey: key,
    })
      .then((verified) => verified.rotatedAtMs)
      .catch((cause: unknown) => {
        if (!(cause instanceof McpsError)) throw cause;
        throw new AuthorityError('rotation_invalid', 'The rotation is not signed by the old key for the new one.', {
          cause,
        });
      });
    if (Math.abs(this.#options.clock() - rotatedAtMs) > ROTATION_WINDOW_MS) {
      throw new AuthorityError('rotation_invalid', 'The rotation was not signed just now.');
    }
    const challenge = await checkPossession(request.proof, key, this.#possession);
    const granted = await this.#decide(policyRequest('rotate', previous, key, requester), request.ttlSeconds);
    const keyRotation = {
      previous_key_hash: await previousKeyHash(oldKey.jwk),
      rotated_at: new Date(rotatedAtMs).toISOString(),
    };
    // Evidence is about one key; what was found with the old one says nothing of the new one.
    const level = granted.level > 2 ? 2 : granted.level;
    return this.succeed({ previous, key, challenge, ...granted, level, keyRotation });
  }

  /** Issues the successor of a passport, and sets when the old one is revoked. */
  async succeed(succession: Succession): Promise<Issued> {
    const { previous, key, level, ttlSeconds, evidence, keyRotation, challenge } = succession;
    const { ledger, keys, indices, graceSeconds } = this.#options;
    const { agent, origin, ext } = previous.passport;
    const { passport, issuerId } = await this.#sign(keys, ttlSeconds, {
      ...agent,
      publicKey: key,
      origin,
      trustLevel: level,
      statusIndex: await indices.next(),
      ...(ext?.issuing === undefined ? {} : { issuing: ext.issuing }),
      ...(ext?.min_version === undefined ? {} : { minVersion: ext.min_version }),
      ...(evidence === undefined ? {} : { evidence }),
      ...(keyRotation === undefined ? {} : { keyRotation }),
    });
    const row = await rowOf(passport, key, previous.id);
    return ledger.submit({
      passportIds: [previous.id, issuerId],
      ...(challenge === undefined ? {} : { challenges: [challenge] }),
      apply: (batch) => {
        if (challenge !== undefined) batch.takeChallenge(challenge.challenge);
        const current = batch.passport(previous.id);
        if (current === undefined) throw unknown();
        checkReplaceable(recordOf(current, batch.now));
        checkIssuer(batch, issuerId);
        const issued = batch.issue(row);
        batch.supersede(previous.id, row.id, Math.min(batch.now + graceSeconds * 1000, current.expires_at));
        return { passport, record: recordOf(issued, batch.now) };
      },
    });
  }

  /** Takes a proof by the key of a passport that counts. */
  async prove(passportId: string, proof: unknown): Promise<PassportRecord> {
    const record = await this.get(passportId);
    if (record === undefined) throw unknown();
    if (record.status === 'REVOKED') throw new AuthorityError('passport_revoked', 'The passport is revoked.');
    if (record.status === 'EXPIRED') throw new AuthorityError('passport_expired', 'The passport has expired.');
    const key = await importKey(record.passport.public_key, 'id');
    const challenge = await checkPossession(proof, key, this.#possession);
    await this.#options.ledger.submit({
      challenges: [challenge],
      apply: (batch) => batch.takeChallenge(challenge.challenge),
    });
    return record;
  }

  async register(source: unknown, _requester: Requester): Promise<PassportRecord> {
    const { keys, ledger, clock } = this.#options;
    const anchors = await createTrustAnchors([keys.anchor()]);
    const { passport, key } = await this.#verifyDelegated(source, anchors, clock);
    const row = await rowOf(passport, key, null);
    return ledger.submit({
      passportIds: [row.id],
      apply: (batch) => {
        const known = batch.passport(row.id);
        if (known !== undefined && known.digest !== row.digest) {
          throw new AuthorityError('passport_conflict', 'Another passport is known under that id.');
        }
        return recordOf(known ?? batch.issue(row), batch.now);
      },
    });
  }

  async get(passportId: string): Promise<PassportRecord | undefined> {
    const { store, clock } = this.#options;
    const [row] = await guarded(() => findPassports(store.reader, [passportId]));
    return row === undefined ? undefined : recordOf(row, clock());
  }

  search(query: PassportQuery): Promise<PassportPage> {
    return searchPassports(this.#options.store, query, this.#options.clock());
  }

  get #possession() {
    const { keys, challenges, clock } = this.#options;
    return { authority: keys.issuer, challenges, clock };
  }

  async #replaceable(passportId: string): Promise<PassportRecord> {
    const previous = await this.get(passportId);
    if (previous === undefined) throw unknown();
    checkReplaceable(previous);
    return previous;
  }

  async #decide(
    request: PolicyRequest,
    wantedTtlSeconds: number | undefined,
  ): Promise<{ readonly level: TrustLevel; readonly ttlSeconds: number }> {
    const decision = await this.#options.policy.decide(request);
    if (decision.outcome === 'refuse') throw new AuthorityError('policy_refused', decision.message);
    const { level, ttlSeconds, maxTtlSeconds } = decision;
    if (wantedTtlSeconds !== undefined && wantedTtlSeconds > maxTtlSeconds) {
      throw new AuthorityError('policy_refused', `A passport lives for ${maxTtlSeconds} seconds at most.`, {
        member: 'ttl_seconds',
      });
    }
    return { level, ttlSeconds: wantedTtlSeconds ?? ttlSeconds };
  }

  async #sign(
    keys: KeyRing,
    ttlSeconds: number,
    subject: PassportSubject,
  ): Promise<{ readonly passport: Passport; readonly issuerId: string }> {
    const authority = keys.issuing();
    const issuedAtMs = this.#options.clock();
    // Nothing outlives the passport that it was issued with.
    const expiresAtMs = Math.min(issuedAtMs + ttlSeconds * 1000, parseTimestamp(authority.passport.expires_at));
    if (expiresAtMs <= issuedAtMs) throw new AuthorityError('signer_unavailable', 'The issuing passport has expired.');
    try {
      const passport = await issuePassport({ authority, subject, issuedAtMs, expiresAtMs });
      return { passport, issuerId: authority.passport.passport_id };
    } catch (cause) {
      if (!(cause instanceof ConfigurationError)) throw cause;
      throw new AuthorityError('request_invalid', 'No verifier would accept such a passport.', { cause });
    }
  }

  async #verifyDelegated(source: unknown, anchors: Awaited<ReturnType<typeof createTrustAnchors>>, clock: Clock) {
    try {
      const parsed = parsePassport(source as object);
      await verifyPassport(parsed, { anchors, clock });
      return { passport: parsed.passport, key: await importKey(parsed.passport.public_key, 'passport') };
    } catch (cause) {
      if (!(cause instanceof McpsError)) throw cause;
      throw new AuthorityError('right_exceeded', 'The passport does not verify under this authority.', { cause });
    }
  }
}

function policyRequest(
  action: 'renew' | 'rotate',
  previous: PassportRecord,
  key: PublicKey,
  requester: Requester,
): PolicyRequest {
  const { agent, origin, ext } = previous.passport;
  return {
    action,
    ...agent,
    origin,
    keyThumbprint: key.thumbprint,
    previous,
    requester,
    ...(ext?.issuing === undefined ? {} : { issuing: ext.issuing }),
  };
}

/** Throws `AuthorityError` for a passport that can have no successor (any more). */
function checkReplaceable({ status, supersededBy }: PassportRecord): void {
  if (status === 'REVOKED') throw new AuthorityError('passport_revoked', 'The passport is revoked.');
  if (status === 'EXPIRED') throw new AuthorityError('passport_expired', 'The passport has expired.');
  if (supersededBy !== undefined) {
    throw new AuthorityError('passport_superseded', 'The passport has a successor.', { successorId: supersededBy });
  }
}

/** Throws `AuthorityError` where the issuing passport is revoked: whatever it issued would count for nothing. */
function checkIssuer(batch: Batch, issuerId: string): void {
  const issuer = batch.passport(issuerId);
  if (issuer === undefined || issuer.revocation_epoch === null) return;
  throw new AuthorityError('signer_unavailable', 'The issuing passport is revoked: a new issuing key is needed.');
}

async function importKey(jwk: PublicJwk | null, member: string): Promise<PublicKey> {
  try {
    if (jwk !== null) return await importPublicKey(jwk);
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
  }
  throw new AuthorityError('request_invalid', 'The key is no P-256 key.', { member });
}

function unknown(): AuthorityError {
  return new AuthorityError('passport_unknown', 'This authority issued no such passport.');
}
