import type { PublicJwk, Signer } from '@mcps/crypto';
import {
  ConfigurationError,
  McpsError,
  MAX_CHAIN_DEPTH,
  checkPassportValidity,
  createPassport as createPassportLayer,
  decodeChain,
  encodeChain,
  parsePassport,
  parseTimestamp,
  signPassport as signPassportLater,
} from '@mcps/protocol';
import type { IssuingRight, JsonObject, Passport, TrustLevel, UnsignedPassport } from '@mcps/protocol';
import { signPassportSync, verifyPassportSignatureWithKeySync } from '@mcps/protocol/node';
import { ERROR_CODES } from './error-codes.js';
import { publicKeyOf, publicKeyToJWK, signWith } from './keys.js';
import type { PrivateKeyInput, PublicKeyInput } from './keys.js';
import { judge } from './refusal.js';
import type { Verdict } from './refusal.js';

const SECONDS_PER_DAY = 24 * 60 * 60;

/** What a passport says. */
export interface CreatePassportOptions {
  readonly name: string;
  /** Default `1.0.0`. */
  readonly version?: string;
  /** The agent's own. */
  readonly publicKey: PublicKeyInput;
  /** The origin (RFC 6454) that the passport is bound to. Default none. */
  readonly origin?: string | null;
  /** At most 64; more are refused. */
  readonly capabilities?: readonly string[] | null;
  /** Scan results in the published, unsigned form. They raise no level. */
  readonly scanResults?: JsonObject | null;
  /** Days until it expires. Default 365. */
  readonly ttlDays?: number;
  /** The authority's name, or the id of the issuing passport. Default `self`. */
  readonly issuer?: string | null;
  /** The issuing passports, the direct one first: objects, or base64 of their JSON. At most 5; more are refused. */
  readonly issuerChain?: readonly (string | Passport)[] | null;
  /** SHA-256 of the key that this one replaces, lower-case hex. */
  readonly previousKeyHash?: string | null;
  /** What the issuer vouches for, 0 to 4. Default 0 for the issuer `self`, 1 for any other. */
  readonly trustLevel?: TrustLevel;
  /** The right to issue passports below this one. Default none. */
  readonly issuing?: IssuingRight;
}

/** A passport as these functions return it: a plain object of one's own. */
export type PassportObject = Passport;

/**
 * Makes a passport that is still to be signed, see {@link signPassport}. Its id is `asp_` and 16 random bytes in hex.
 *
 * Throws `ConfigurationError` for a value that no verifier would accept, more than 64 capabilities or 5 issuers among them; `CryptoError` for a public key that is none.
 */
export function createPassport(options: CreatePassportOptions): PassportObject {
  const { name, version = '1.0.0', origin, capabilities, scanResults, ttlDays = 365, issuer, issuerChain } = options;
  const { trustLevel, issuing, previousKeyHash } = options;
  const now = Date.now();
  const passport = createPassportLayer({
    name,
    version,
    publicKey: keyOf(options.publicKey),
    origin: origin ?? null,
    capabilities: capabilities ?? [],
    scan: scanResults ?? null,
    issuedAtMs: now,
    expiresAtMs: now + ttlDays * SECONDS_PER_DAY * 1000,
    ...(issuer === undefined || issuer === null ? {} : { issuer }),
    ...(trustLevel === undefined ? {} : { trustLevel }),
    ...(issuing === undefined ? {} : { issuing }),
    ...(previousKeyHash === undefined || previousKeyHash === null
      ? {}
      : { keyRotation: { previous_key_hash: previousKeyHash, rotated_at: new Date(now).toISOString() } }),
  });
  return copyOf({ ...passport, issuer_chain: chainOf(issuerChain ?? []) });
}

function keyOf(publicKey: PublicKeyInput | undefined): PublicJwk {
  if (publicKey !== undefined && publicKey !== null) return publicKeyToJWK(publicKey);
  throw new ConfigurationError(
    'option_missing',
    'The option `publicKey` is missing: nobody could be verified with it.',
  );
}

function chainOf(issuers: readonly (string | Passport)[]): readonly string[] {
  if (issuers.length > MAX_CHAIN_DEPTH) {
    throw new ConfigurationError('option_invalid', `An issuer chain has at most ${MAX_CHAIN_DEPTH} passports.`);
  }
  return issuers.map((issuer) => (typeof issuer === 'string' ? issuer : (encodeChain([issuer])[0] ?? '')));
}

/**
 * Signs a passport with the key of whoever issues it: returns a copy with its signature. With an external signer a promise of it.
 *
 * Whether the key is that of the issuer which the passport names is not asked, as the published function does not: {@link verifyIssuerChain} and
 * `secureMCP` ask.
 *
 * Throws `ConfigurationError` for a passport that no verifier would accept and for a missing key, `CryptoError` for a key that is none.
 */
export function signPassport(passport: UnsignedPassport, authorityPrivateKey: PrivateKeyInput): PassportObject;
export function signPassport(passport: UnsignedPassport, signer: Signer): Promise<PassportObject>;
export function signPassport(
  passport: UnsignedPassport,
  key: PrivateKeyInput | Signer,
): PassportObject | Promise<PassportObject>;
export function signPassport(
  passport: UnsignedPassport,
  key: PrivateKeyInput | Signer,
): PassportObject | Promise<PassportObject> {
  const { passport: draft } = readUnsigned(passport);
  const options = { issuerChain: issuersOf(draft), acceptAnyIssuerKey: true };
  return signWith(
    key,
    (local) => copyOf(signPassportSync(draft, local, options)),
    async (signer) => copyOf(await signPassportLater(draft, signer, options)),
  );
}

function readUnsigned(passport: unknown): ReturnType<typeof parsePassport> {
  try {
    return parsePassport(objectOf(passport), { allowUnsigned: true });
  } catch (cause) {
    const reason = cause instanceof McpsError ? cause.reason : 'input_malformed';
    throw new ConfigurationError('option_invalid', `The passport cannot be signed (${reason}).`, { cause });
  }
}

function issuersOf(draft: Passport): readonly Passport[] {
  try {
    return decodeChain(draft);
  } catch (cause) {
    throw new ConfigurationError('option_invalid', 'The issuer chain holds something else than issuing passports.', {
      cause,
    });
  }
}

/**
 * Whether the holder of a key has signed a passport. Never throws. Says nothing of the time, the issuer that the passport names, or trust in it: see
 * {@link verifyIssuerChain}.
 */
export function verifyPassportSignature(passport: unknown, authorityPublicKey: PublicKeyInput): boolean {
  return judge(() => {
    verifyPassportSignatureWithKeySync(objectOf(passport), publicKeyOf(authorityPublicKey));
  }, ERROR_CODES.INVALID_PASSPORT).valid;
}

/**
 * Whether a passport has the form that verifiers accept, and has not expired. Never throws. It need not be signed yet, and no signature is looked at.
 *
 * Otherwise `error` is MCPS-013 for more than 8,192 bytes, MCPS-001 for another form, MCPS-014 for more than 5 issuers, MCPS-002 for one that has expired.
 */
export function validatePassportFormat(passport: unknown): Verdict {
  return judge(() => {
    const { passport: read } = parsePassport(objectOf(passport), { allowUnsigned: true });
    if (read.public_key === null) throw new McpsError('passport_malformed');
    checkPassportValidity(read, { now: Date.now() });
  }, ERROR_CODES.INVALID_PASSPORT);
}

/** Whether a passport's time is over. Never throws; `true` also for what has no readable end. */
export function isPassportExpired(passport: unknown): boolean {
  return !judge(() => {
    const expiresAt: unknown = Reflect.get(objectOf(passport), 'expires_at');
    if (typeof expiresAt !== 'string' || !(Date.now() < parseTimestamp(expiresAt))) {
      throw new McpsError('passport_expired');
    }
  }, ERROR_CODES.PASSPORT_EXPIRED).valid;
}

/** Throws `McpsError` `passport_malformed` for anything but an object. */
export function objectOf(passport: unknown): object {
  if (typeof passport === 'object' && passport !== null && !Array.isArray(passport)) return passport;
  throw new McpsError('passport_malformed');
}

/** The layers hand out frozen passports; published callers go on to change theirs. */
function copyOf(passport: Passport): PassportObject {
  return structuredClone(passport);
}
