import { CryptoError } from '@mcps/crypto';
import type { PrivateKey, PublicJwk, PublicKey, Signer } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { Members } from '../passport/members.js';
import { checkPassportValidity } from '../passport/validity.js';
import { importKey, runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parseTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { orRefuse } from './or-refuse.js';
import { dumpsSorted, toJsonObject } from './python-value.js';
import type { PythonObject } from './python-value.js';
import { readDocument, readObject } from './read-document.js';
import type { LegacyDocument } from './read-document.js';
import { checkText, readSignature, signText } from './signature.js';

/** The most bytes that a passport may take, as signed; the format itself has no limit, this is the one of 1.0. */
const MAX_BYTES = 8192;
const PASSPORT = [
  'mcps_version',
  'passport_id',
  'agent',
  'public_key',
  'scan',
  'trust_level',
  'issued_at',
  'expires_at',
  'issuer',
];
const PASSPORT_ID = /^asp_[0-9a-f]{32}$/;
const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

/** A passport of the earlier format: no origin and no issuer chain. */
export interface LegacyPassport {
  readonly mcps_version: '1.0.0';
  /** `asp_` and 32 lower-case hex characters. */
  readonly passport_id: string;
  readonly agent: { readonly name: string; readonly version: string; readonly capabilities: readonly string[] };
  readonly public_key: PublicJwk;
  readonly scan: JsonObject | null;
  /** What the issuer claims, 0 to 4. */
  readonly trust_level: number;
  /** RFC 3339, UTC. */
  readonly issued_at: string;
  /** RFC 3339, UTC. */
  readonly expires_at: string;
  readonly issuer: string;
  /** Standard base64 of a DER ECDSA signature. */
  readonly signature: string;
}

export interface VerifyLegacyPassportOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** How far ahead of the clock a passport may have been issued, milliseconds; 60,000 by default. */
  readonly futureToleranceMs?: number;
}

/**
 * A passport of the earlier format whose shape, time, key and signature have been verified. It is no `Verified` value and has no trust level in the
 * sense of 1.0: what the key that verified it is worth is the caller's to say.
 */
export interface LegacyVerifiedPassport {
  readonly passport: LegacyPassport;
  readonly publicKey: PublicKey;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
}

/**
 * Signs a passport in the earlier format, "1.0.0": ECDSA P-256 with SHA-256 over its JSON text without spaces, members sorted by code point, all but
 * ASCII escaped. A `signature` that it has already is replaced.
 *
 * Throws `McpsError`: `passport_too_large`, `passport_malformed`.
 */
export function signLegacyPassport(passport: JsonObject, issuerKey: PrivateKey | Signer): Promise<LegacyPassport> {
  return runAsync(signLegacyPassportSteps(passport, issuerKey));
}

/** {@link signLegacyPassport} as a procedure. */
export function* signLegacyPassportSteps(
  source: JsonObject,
  issuerKey: PrivateKey | Signer,
): Procedure<LegacyPassport> {
  const { text, unsigned } = readSigned(() => readObject(source, 'sorted'));
  const passport = readPassport(unsigned);
  const signature = yield* signText(issuerKey, text);
  return { ...passport, signature };
}

/**
 * Verifies a passport of the earlier format, "1.0.0", with the key of the authority that the caller believes: shape, time, the passport's own key and the
 * signature. No revocation is looked up.
 *
 * Give the JSON text where there is one: from a parsed object, scan results that held `1.0` do not verify.
 *
 * Throws `McpsError`: `passport_too_large`, `passport_malformed`, `passport_expired`, `passport_not_yet_valid`, `passport_key_invalid`,
 * `passport_signature_invalid`.
 */
export function verifyLegacyPassport(
  passport: LegacyDocument,
  authorityKey: PublicKey,
  options: VerifyLegacyPassportOptions = {},
): Promise<LegacyVerifiedPassport> {
  return runAsync(verifyLegacyPassportSteps(passport, authorityKey, options));
}

/** {@link verifyLegacyPassport} as a procedure. */
export function* verifyLegacyPassportSteps(
  source: LegacyDocument,
  authorityKey: PublicKey,
  options: VerifyLegacyPassportOptions = {},
): Procedure<LegacyVerifiedPassport> {
  const { clock = systemClock } = options;
  const { text, unsigned, signature: encoded } = readSigned(() => readDocument(source, 'sorted'));
  const fields = readPassport(unsigned);
  if (typeof encoded !== 'string') throw new McpsError('passport_malformed');
  const signature = readSignature(encoded, 'passport_malformed');
  checkPassportValidity(fields, { ...options, now: clock() });
  const publicKey = yield* importHolderKey(fields.public_key);
  yield* checkText(authorityKey, text, signature, 'passport_signature_invalid');
  const passport = { ...fields, signature: encoded };
  return Object.freeze({ passport, publicKey, expiresAtMs: parseTimestamp(fields.expires_at) });
}

interface SignedPart {
  readonly text: string;
  readonly unsigned: JsonObject;
  readonly signature: unknown;
}

/** Splits a passport into the text that is signed, its members, and the signature as it stands. */
function readSigned(read: () => PythonObject): SignedPart {
  const document = orRefuse('passport_malformed', read);
  const rest = new Map(document);
  rest.delete('signature');
  const text = dumpsSorted(rest);
  // ASCII only, so characters are bytes.
  if (text.length > MAX_BYTES) throw new McpsError('passport_too_large');
  return { text, unsigned: toJsonObject(rest), signature: document.get('signature') };
}

function readPassport(value: JsonObject): Omit<LegacyPassport, 'signature'> {
  const members = new Members(value, { required: PASSPORT }, 'passport_malformed');
  if (members.value('mcps_version') !== '1.0.0') members.fail();
  return {
    mcps_version: '1.0.0',
    passport_id: members.matching('passport_id', PASSPORT_ID),
    agent: readAgent(members.value('agent')),
    public_key: readJwk(members.value('public_key')),
    scan: readScan(members),
    trust_level: members.integer('trust_level', 0, 4),
    issued_at: members.timestamp('issued_at'),
    expires_at: members.timestamp('expires_at'),
    issuer: members.text('issuer'),
  };
}

function readScan(members: Members): JsonObject | null {
  const scan = members.value('scan');
  if (scan !== null && !isObject(scan)) members.fail();
  return scan;
}

function readAgent(value: unknown): LegacyPassport['agent'] {
  const members = new Members(value, { required: ['name', 'version', 'capabilities'] }, 'passport_malformed');
  return {
    name: members.text('name'),
    version: members.text('version'),
    // The size of the passport bounds the list already.
    capabilities: members.texts('capabilities', Number.POSITIVE_INFINITY),
  };
}

function readJwk(value: unknown): PublicJwk {
  const members = new Members(value, { required: ['kty', 'crv', 'x', 'y'] }, 'passport_malformed');
  if (members.value('kty') !== 'EC' || members.value('crv') !== 'P-256') members.fail();
  return { kty: 'EC', crv: 'P-256', x: members.matching('x', COORDINATE), y: members.matching('y', COORDINATE) };
}

function* importHolderKey(jwk: PublicJwk): Procedure<PublicKey> {
  try {
    return yield* importKey(jwk);
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    throw new McpsError('passport_key_invalid', {}, { cause: error });
  }
}
