import { canonicalize, importPublicKey, parseJson } from '@mcps/crypto';
import type { PublicJwk } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import data from '../../../../vectors/interop/mcps-secure-1.0.0/passports.json' with { type: 'json' };
import { createTrustAnchors } from '../../src/anchor/index.js';
import type { TrustAnchors } from '../../src/anchor/index.js';
import { ConfigurationError } from '../../src/errors/index.js';
import { previousKeyHash, validateOrigin, verifyPassport } from '../../src/passport/index.js';
import type { Passport } from '../../src/passport/index.js';
import { expectOutcome } from './outcome.js';
import type { Outcome } from './outcome.js';

interface Row {
  readonly name: string;
  readonly signing_key: string | null;
  readonly wire: string;
  readonly canonical?: string | undefined;
  readonly difference?: string | undefined;
  readonly expected: Outcome;
  readonly expected_with_published_chains?: Outcome | undefined;
  readonly expected_origin?: string | null | undefined;
}

const byPackage = data.signed_by_package as readonly (Row & (typeof data.signed_by_package)[number])[];
const byUs = data.signed_by_us as readonly (Row & (typeof data.signed_by_us)[number])[];
const STANDING = new Map([
  ['self-signed', 'self-signed'],
  ['self-unsigned', 'self-signed'],
]);

let packageAnchors: TrustAnchors;
let ourAnchors: TrustAnchors;
beforeAll(async () => {
  const test = { allowTestKeys: true };
  packageAnchors = await createTrustAnchors(
    [{ issuer: data.issuer, keys: [data.package_keys.root as PublicJwk] }],
    test,
  );
  ourAnchors = await createTrustAnchors([{ issuer: data.issuer, keys: [data.our_keys.root as PublicJwk] }], test);
});

const now = data.verify_at_ms;

describe('passports that mcps-secure made', () => {
  it.each(byPackage)('$name', async (row) => {
    await expectOutcome(() => verifyPassport(row.wire, { anchors: packageAnchors, now }), row.expected);
  });

  it.each(byPackage.filter(({ expected }) => expected.ok === true))('$name: standing, key and level', async (row) => {
    const verified = await verifyPassport(row.wire, { anchors: packageAnchors, now });
    expect(verified.standing).toBe(STANDING.get(row.name) ?? 'anchored');
    expect(verified.publicKey.jwk).toEqual(data.package_keys.agent);
    // A published passport carries no signed evidence: embedded scan results make 3 of nothing here.
    expect(verified.staticLevel).toBe(row.name === 'scanned' ? 2 : Math.min(verified.passport.trust_level, 1));
  });

  it.each(byPackage.filter((row) => row.expected_with_published_chains !== undefined))(
    '$name: with published chains accepted by name of the option',
    async (row) => {
      const compatibility = { issuingRightOptional: true };
      const run = () => verifyPassport(row.wire, { anchors: packageAnchors, now, compatibility });
      await expectOutcome(run, row.expected_with_published_chains ?? {});
    },
  );

  it.each(byPackage)('$name: canonical JSON', (row) => {
    const { signature: _signature, ...unsigned } = parseJson(row.wire) as Record<string, unknown>;
    const differs = row.name === 'scan-with-small-exponent' || row.name === 'scan-member-names-beyond-the-bmp';
    expect(canonicalize(unsigned) === row.canonical).toBe(!differs);
  });

  it('is verified by the package itself where both accept it', () => {
    for (const row of byPackage.filter(({ expected }) => expected.ok === true)) {
      expect(row.package_verdict.format, row.name).toEqual({ valid: true, code: null });
      expect(row.package_verdict.signature ?? true, row.name).toBe(true);
    }
  });

  it('names the key before by the hash that this library makes of it', async () => {
    const row = byPackage.find(({ name }) => name === 'rotated-key');
    const { key_rotation } = JSON.parse(row?.wire ?? '{}') as Passport;
    const { kty, crv, x, y } = data.package_keys.old as PublicJwk;
    expect(key_rotation?.previous_key_hash).toBe(await previousKeyHash({ kty, crv, x, y }));
  });

  it('cannot be altered', async () => {
    for (const row of byPackage.filter(({ expected, name }) => expected.ok === true && name !== 'self-unsigned')) {
      const passport = JSON.parse(row.wire) as Passport;
      const altered = { ...passport, agent: { ...passport.agent, name: `${passport.agent.name}!` } };
      const reason = 'passport_signature_invalid';
      await expectOutcome(() => verifyPassport(altered, { anchors: packageAnchors, now }), { reason });
    }
  });

  it('is no passport of ours by another anchor of the same name', async () => {
    const row = byPackage.find(({ name }) => name === 'issued');
    const reason = 'passport_signature_invalid';
    await expectOutcome(() => verifyPassport(row?.wire ?? '', { anchors: ourAnchors, now }), { reason });
  });
});

describe('passports that this library made', () => {
  it.each(byUs)('$name', async (row) => {
    await expectOutcome(() => verifyPassport(row.wire, { anchors: ourAnchors, now }), row.expected);
    const agrees = row.difference === undefined;
    expect(row.package_verdict.format).toEqual({ valid: true, code: null });
    expect(row.package_verdict.signature).toEqual({ value: agrees });
  });

  it('is followed to its anchor by the package', () => {
    const chained = byUs.filter(({ name }) => name === 'issued' || name === 'chain-of-one');
    expect(chained.map((row) => row.package_verdict.chain.root_issuer)).toEqual([data.issuer, data.issuer]);
    expect(chained.map((row) => row.package_verdict.chain.chain_length)).toEqual([1, 2]);
  });

  it('is bound to its origin for both', () => {
    const row = byUs.find(({ name }) => name === 'issued-with-everything');
    expect(row?.package_verdict.origin).toEqual({ valid: true, code: null });
    validateOrigin(JSON.parse(row?.wire ?? '') as Passport, row?.expected_origin ?? '');
  });
});

describe('the keys of these files', () => {
  it('are no anchor unless tests are allowed', async () => {
    const attempt = createTrustAnchors([{ issuer: data.issuer, keys: [data.package_keys.root as PublicJwk] }]);
    await expect(attempt).rejects.toThrow(ConfigurationError);
  });

  it('are points on P-256', async () => {
    const keys = [...Object.values(data.package_keys), ...Object.values(data.our_keys)] as PublicJwk[];
    for (const jwk of keys) {
      expect((await importPublicKey(jwk)).jwk).toEqual(jwk);
    }
  });
});
