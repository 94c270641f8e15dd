import { derToP1363, decodeBase64, encodeBase64, encodeUtf8, importPublicKey } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import data from '../../../../vectors/interop/mcp-secure-1.0.0/messages.json' with { type: 'json' };
import { verifyMessageWithKey } from '../../src/envelope/index.js';
import * as root from '../../src/index.js';
import type { JsonObject } from '../../src/json-rpc/index.js';
import { verifyLegacyMessageWithKey } from '../../src/legacy-1.0.0/index.js';
import type { LegacyDocument, LegacyEnvelope, VerifyLegacyMessageOptions } from '../../src/legacy-1.0.0/index.js';
import { isVerified } from '../../src/verified/index.js';
import { expectOutcome } from './outcome.js';
import type { Outcome } from './outcome.js';

interface Row {
  readonly name: string;
  readonly wire: string;
  readonly expected: Outcome;
  readonly expected_from_value?: Outcome | undefined;
  readonly package_verdict: { readonly valid: boolean; readonly code: string | null };
}

const byPackage: readonly Row[] = data.signed_by_package;
const byUs: readonly Row[] = data.signed_by_us;
const variants: readonly Row[] = data.variants;
const sound = byPackage.filter(({ expected }) => expected.ok === true);
const isJson = ({ name }: Row) => name !== 'not-a-number';

let packageKey: PublicKey;
let ourKey: PublicKey;
beforeAll(async () => {
  packageKey = await importPublicKey(data.package_keys.agent);
  ourKey = await importPublicKey(data.our_keys.agent);
});

const clock = () => data.verify_at_ms;
const verify = (received: LegacyDocument, key: PublicKey, more: VerifyLegacyMessageOptions = {}) =>
  verifyLegacyMessageWithKey(received, key, { clock, ...more });
const parse = (row: Row) => JSON.parse(row.wire) as LegacyEnvelope;

describe('messages that mcp-secure signed', () => {
  it.each(byPackage)('$name: from its text', async (row) => {
    expect(row.package_verdict).toEqual({ valid: true, code: null });
    await expectOutcome(() => verify(row.wire, packageKey), row.expected);
    await expectOutcome(() => verify(encodeUtf8(row.wire), packageKey), row.expected);
  });

  it.each(byPackage.filter(isJson))('$name: from the object parsed from it', async (row) => {
    await expectOutcome(() => verify({ ...parse(row) }, packageKey), row.expected_from_value ?? row.expected);
  });

  it.each(sound)('$name: delivers what was signed', async (row) => {
    const verified = await verify(row.wire, packageKey);
    const { message, nonce, passport_id, timestamp } = parse(row);
    // -0 is delivered as Python wrote it.
    expect(verified.message).toEqual(message);
    expect(verified).toMatchObject({ nonce, timestamp, passportId: passport_id, version: '1.0.0' });
  });

  it.each(sound)('$name: altered', async (row) => {
    const invalid = { reason: 'signature_invalid' };
    const text = (changes: Partial<LegacyEnvelope>) => JSON.stringify({ ...parse(row), ...changes });
    await expectOutcome(() => verify(row.wire, ourKey), invalid);
    await expectOutcome(() => verify(text({ nonce: '9'.repeat(32) }), packageKey), invalid);
    await expectOutcome(() => verify(text({ passport_id: `asp_${'9'.repeat(32)}` }), packageKey), invalid);
    await expectOutcome(() => verify(text({ message: { ...parse(row).message, added: 1 } }), packageKey), invalid);
  });

  it.each(sound)('$name: not outside its time', async (row) => {
    const at = (ms: number) => ({ clock: () => data.verify_at_ms + ms });
    await expectOutcome(() => verify(row.wire, packageKey, at(3_600_000)), { reason: 'timestamp_too_old' });
    await expectOutcome(() => verify(row.wire, packageKey, at(-3_600_000)), { reason: 'timestamp_in_future' });
  });
});

describe('messages that this library signed in the earlier format', () => {
  it.each(byUs)('$name', async (row) => {
    expect(row.package_verdict).toEqual({ valid: true, code: null });
    await expectOutcome(() => verify(row.wire, ourKey), row.expected);
    await expectOutcome(() => verify({ ...parse(row) }, ourKey), row.expected);
  });
});

describe('envelopes of the earlier format that no library writes', () => {
  it.each(variants)('$name', async (row) => {
    await expectOutcome(() => verify(row.wire, ourKey), row.expected);
    await expectOutcome(() => verify({ ...parse(row) }, ourKey), row.expected);
  });

  it('are accepted by mcp-secure more often than here', () => {
    const accepted = variants.filter((row) => row.package_verdict.valid && row.expected.ok !== true);
    expect(accepted.map(({ name }) => name)).toEqual([
      'member-added',
      'version-of-the-published-format',
      'base64-with-line-break',
      'character-moved-into-the-nonce',
      'other-passport-id',
    ]);
  });
});

describe('the earlier format is not taken for the published one', () => {
  const grafted = (row: Row, version: string, signature: string): JsonObject => {
    const { message, passport_id, timestamp, nonce } = parse(row);
    return { ...message, mcps: { version, passport_id, timestamp, nonce, signature } };
  };
  const toP1363 = (row: Row) => encodeBase64(derToP1363(decodeBase64(parse(row).signature)));
  const open = (received: unknown) => verifyMessageWithKey(received, packageKey, { clock });

  it.each(sound)('$name: as it comes', async (row) => {
    await expectOutcome(() => open(parse(row)), { reason: 'message_kind_ambiguous' });
    await expectOutcome(() => open({ ...parse(row), ...parse(row).message }), { reason: 'envelope_malformed' });
    await expectOutcome(() => open({ ...parse(row).message, mcps: '1.0.0' }), { reason: 'envelope_malformed' });
  });

  it.each(sound)('$name: in an envelope of the published form', async (row) => {
    const { signature } = parse(row);
    await expectOutcome(() => open(grafted(row, '1.0.0', signature)), { reason: 'version_unsupported' });
    await expectOutcome(() => open(grafted(row, '1.0.0', toP1363(row))), { reason: 'version_unsupported' });
    await expectOutcome(() => open(grafted(row, '1.0', signature)), { reason: 'signature_malformed' });
    await expectOutcome(() => open(grafted(row, '1.0', toP1363(row))), { reason: 'signature_invalid' });
  });

  it('verifies into nothing that the rest of the package takes for verified', async () => {
    const [row] = sound;
    expect(isVerified(await verify(row?.wire ?? '', packageKey))).toBe(false);
  });

  it('is not exported from the root entry', () => {
    expect(Object.keys(root).filter((name) => /legacy/i.test(name))).toEqual([]);
  });
});
