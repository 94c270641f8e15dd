import { canonicalizeToBytes, encodeBase64, generateKeyPair, sign } from '@mcps/crypto';
import type { PrivateKey, PublicKey } from '@mcps/crypto';
import { createTrustAnchors, issuePassport, verifyPassport } from '../../src/index.js';
import type {
  IssuingRight,
  Passport,
  PassportLifetime,
  PassportSubject,
  TrustAnchorOptions,
  TrustAnchors,
  VerifiedPassport,
  VerifyPassportOptions,
} from '../../src/index.js';

export const NOW = Date.parse('2026-03-01T12:00:00.000Z');
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface Keys {
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
}

export function newKeys(): Promise<Keys> {
  return generateKeyPair({ extractable: true });
}

export type Subject = Partial<PassportSubject> & PassportLifetime;

/** Somebody who holds a passport. */
export interface Holder extends Keys {
  readonly passport: Passport;
  /** The issuing passports above, the direct issuer first. */
  readonly chain: readonly Passport[];
}

/** An authority that a test configures as an anchor, or not. */
export class Authority {
  private constructor(
    readonly issuer: string,
    readonly keys: Keys,
  ) {}

  static async create(issuer = 'authority.example'): Promise<Authority> {
    return new Authority(issuer, await newKeys());
  }

  options(extra: Partial<TrustAnchorOptions> = {}): TrustAnchorOptions {
    return { issuer: this.issuer, keys: [this.keys.publicKey], ...extra };
  }

  anchors(extra: Partial<TrustAnchorOptions> = {}): Promise<TrustAnchors> {
    return createTrustAnchors([this.options(extra)]);
  }

  async issue(subject: Subject = {}, keys?: Keys): Promise<Holder> {
    const held = keys ?? (await newKeys());
    const authority = { issuer: this.issuer, key: this.keys.privateKey };
    const passport = await issuePassport({ authority, subject: subjectOf(held, subject), ...lifetimeOf(subject) });
    return { ...held, passport, chain: [] };
  }
}

/** A passport issued by the holder of an issuing passport. */
export async function issueBelow(issuer: Holder, subject: Subject = {}, keys?: Keys): Promise<Holder> {
  const held = keys ?? (await newKeys());
  const passport = await issuePassport({
    authority: { passport: issuer.passport, key: issuer.privateKey, chain: issuer.chain },
    subject: subjectOf(held, subject),
    ...lifetimeOf(subject),
  });
  return { ...held, passport, chain: [issuer.passport, ...issuer.chain] };
}

function subjectOf(keys: Keys, subject: Subject): PassportSubject {
  const { issuedAtMs: _i, expiresAtMs: _e, ttlSeconds: _t, clock: _c, ...rest } = subject;
  return { name: 'agent', version: '1.0.0', publicKey: keys.publicKey, ...rest };
}

function lifetimeOf({ issuedAtMs = NOW - HOUR_MS, expiresAtMs, ttlSeconds }: Subject): PassportLifetime {
  return {
    issuedAtMs,
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
  };
}

export function right(depth: number, extra: Partial<IssuingRight> = {}): IssuingRight {
  return { depth, level: 4, capabilities: ['*'], ...extra };
}

/** A JSON object that tests may deface. */
export type Draft = Record<string, any>;

/** A copy of a passport that may be changed at will. */
export function draftOf(passport: object): Draft {
  return JSON.parse(JSON.stringify(passport)) as Draft;
}

/** Signs whatever it is given as a passport, whether or not that makes sense. */
export async function resign(draft: Draft, key: PrivateKey): Promise<Draft> {
  const { signature: _signature, ...rest } = draft;
  return { ...rest, signature: encodeBase64(await sign(key, canonicalizeToBytes(rest))) };
}

/** A chain as an attacker writes it: no rule of ours is applied. */
export function chainOf(...issuers: readonly object[]): string[] {
  return issuers.map((issuer) => encodeBase64(canonicalizeToBytes(issuer)));
}

export function verifyAt(
  source: object | string,
  anchors: TrustAnchors,
  options: Partial<VerifyPassportOptions> = {},
): Promise<VerifiedPassport> {
  return verifyPassport(source, { anchors, now: NOW, ...options });
}
