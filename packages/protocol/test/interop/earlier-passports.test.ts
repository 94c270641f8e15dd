import { decodeBase64, derToP1363, encodeBase64, importPublicKey } from '@mcps/crypto';
import type { PublicJwk, PublicKey } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import data from '../../../../vectors/interop/mcp-secure-1.0.0/passports.json' with { type: 'json' };
import { createTrustAnchors } from '../../src/anchor/index.js';
import { verifyLegacyPassport } from '../../src/legacy-1.0.0/index.js';
import type { LegacyDocument, LegacyPassport } from '../../src/legacy-1.0.0/index.js';
import { verifyPassport } from '../../src/passport/index.js';
import { isVerified } from '../../src/verified/index.js';
import { expectOutcome } from './outcome.js';
import type { Outcome } from './outcome.js';

interface Row {
  readonly name: string;
  readonly wire: string;
  readonly signing_key?: string | undefined;
  readonly expected: Outcome;
  readonly expected_from_value?: Outcome | undefined;
}

const byPackage: readonly Row[] = data.signed_by_package;
const byUs: readonly Row[] = data.signed_by_us;
const sound = byPackage.filter(({ expected }) => expected.ok === true);

let packageKeys: { readonly agent: PublicKey; readonly root: PublicKey };
let ourRoot: PublicKey;
beforeAll(async () => {
  const { agent, root } = data.package_keys;
  packageKeys = { agent: await importPublicKey(agent), root: await importPublicKey(root) };
  ourRoot = await importPublicKey(data.our_keys.root);
});

const clock = () => data.verify_at_ms;
const keyOf = (row: Row) => (row.signing_key === 'agent' ? packageKeys.agent : packageKeys.root);
const verify = (source: LegacyDocument, key: PublicKey) => verifyLegacyPassport(source, key, { clock });
const parse = (row: Row) => JSON.parse(row.wire) as LegacyPassport;

describe('passports that mcp-secure made', () => {
  it.each(byPackage)('$name', async (row) => {
    await expectOutcome(() => verify(row.wire, keyOf(row)), row.expected);
    await expectOutcome(() => verify({ ...parse(row) }, keyOf(row)), row.expected_from_value ?? row.expected);
  });

  it.each(sound)('$name: returns the passport and its key', async (row) => {
    const verified = await verify(row.wire, keyOf(row));
    expect(verified.passport).toEqual(parse(row));
    expect(verified.publicKey.jwk).toEqual(parse(row).public_key);
    expect(isVerified(verified)).toBe(false);
  });

  it.each(sound)('$name: altered', async (row) => {
    const invalid = { reason: 'passport_signature_invalid' };
    const altered = (changes: Partial<LegacyPassport>) => JSON.stringify({ ...parse(row), ...changes });
    await expectOutcome(() => verify(row.wire, ourRoot), invalid);
    await expectOutcome(() => verify(altered({ trust_level: 4 }), keyOf(row)), invalid);
    await expectOutcome(() => verify(altered({ issuer: 'another' }), keyOf(row)), invalid);
    await expectOutcome(
      () => verify(altered({ public_key: data.our_keys.agent as LegacyPassport['public_key'] }), keyOf(row)),
      invalid,
    );
  });

  it('is no passport of the published format', async () => {
    const issuer = 'earlier.mcps.test';
    const anchors = await createTrustAnchors([{ issuer, keys: [data.package_keys.root as PublicJwk] }], {
      allowTestKeys: true,
    });
    const check = (source: unknown) => verifyPassport(JSON.stringify(source), { anchors, now: data.verify_at_ms });
    const row = sound.find(({ name }) => name === 'issued');
    const passport = parse(row ?? { name: '', wire: '{}', expected: {} });
    const signature = encodeBase64(derToP1363(decodeBase64(passport.signature)));
    const filled = { ...passport, signature, origin: null, issuer_chain: [] };
    await expectOutcome(() => check(passport), { reason: 'passport_malformed' });
    await expectOutcome(() => check({ ...passport, signature }), { reason: 'passport_malformed' });
    await expectOutcome(() => check(filled), { reason: 'passport_malformed' });
    await expectOutcome(() => check({ ...filled, mcps_version: '1.0' }), { reason: 'passport_signature_invalid' });
  });
});

describe('passports that this library signed in the earlier format', () => {
  it.each(byUs)('$name', async (row) => {
    await expectOutcome(() => verify(row.wire, ourRoot), row.expected);
    await expectOutcome(() => verify({ ...parse(row) }, ourRoot), row.expected);
  });

  it('were all verified by mcp-secure', () => {
    const verdict = { format: { valid: true, code: null }, signature: { value: true } };
    expect(data.signed_by_us).not.toHaveLength(0);
    for (const row of data.signed_by_us) expect(row.package_verdict, row.name).toEqual(verdict);
  });
});
