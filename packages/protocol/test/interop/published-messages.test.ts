import { canonicalize, importPublicKey, parseJson } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import data from '../../../../vectors/interop/mcps-secure-1.0.0/messages.json' with { type: 'json' };
import { signMessage, verifyMessageWithKey } from '../../src/envelope/index.js';
import type { VerifyMessageWithKeyOptions } from '../../src/envelope/index.js';
import { REVISION_FIELDS, alterations } from './alterations.js';
import { expectOutcome } from './outcome.js';
import type { Outcome } from './outcome.js';
import { ours as signer } from './signer.js';

interface Row {
  readonly name: string;
  readonly wire: string;
  readonly channel_binding?: string | null | undefined;
  readonly canonical?: string | undefined;
  readonly difference?: string | undefined;
  readonly message_hash?: string | undefined;
  readonly expected: Outcome;
  readonly expected_from_text?: Outcome | undefined;
  readonly expected_with_low_s_required?: Outcome | undefined;
  readonly expected_with_any_passport_id?: Outcome | undefined;
  readonly package_verdict: { readonly valid: boolean; readonly code: string | null };
}

interface NotSignableRow {
  readonly name: string;
  readonly raised: string;
  readonly message_text: string;
  readonly expected: Outcome;
}

const isSigned = (row: Row | NotSignableRow): row is Row => 'wire' in row && row.wire !== undefined;
const all = data.signed_by_package as readonly (Row | NotSignableRow)[];
const byPackage = all.filter(isSigned);
const notSignable = all.filter((row): row is NotSignableRow => !isSigned(row));
const byUs = data.signed_by_us as readonly Row[];
const variants = data.variants as readonly Row[];

let packageKey: PublicKey;
let ourKey: PublicKey;
beforeAll(async () => {
  packageKey = await importPublicKey(data.package_keys.agent);
  ourKey = await importPublicKey(data.our_keys.agent);
});

function optionsOf(row: Row, more: VerifyMessageWithKeyOptions = {}): VerifyMessageWithKeyOptions {
  const binding = row.channel_binding ?? undefined;
  return { clock: () => data.verify_at_ms, ...(binding === undefined ? {} : { channelBinding: binding }), ...more };
}

const verifyValue = (row: Row, key: PublicKey, more?: VerifyMessageWithKeyOptions) =>
  verifyMessageWithKey(JSON.parse(row.wire), key, optionsOf(row, more));

const verifyText = async (row: Row, key: PublicKey) => verifyMessageWithKey(parseJson(row.wire), key, optionsOf(row));

describe('messages that mcps-secure signed', () => {
  it.each(byPackage)('$name', async (row) => {
    expect(row.package_verdict).toEqual({ valid: true, code: null });
    await expectOutcome(() => verifyValue(row, packageKey), row.expected);
    await expectOutcome(() => verifyText(row, packageKey), row.expected_from_text ?? row.expected);
  });

  it.each(byPackage)('$name: canonical JSON', (row) => {
    const { mcps: _envelope, ...message } = JSON.parse(row.wire) as Record<string, unknown>;
    if (row.difference === undefined) expect(canonicalize(message)).toBe(row.canonical);
    else expect(canonicalize(message)).not.toBe(row.canonical);
  });

  it('covers every documented difference', () => {
    const found = new Set(byPackage.map((row) => row.difference).filter((difference) => difference !== undefined));
    expect([...found].sort()).toEqual(['key-order', 'number-form', 'number-range']);
  });

  it.each(notSignable)('$name: neither signs it', async ({ raised, message_text, expected }) => {
    expect(raised).toBe('UnicodeEncodeError');
    const { privateKey, passportId } = await signer();
    const message = JSON.parse(message_text) as Record<string, unknown>;
    await expectOutcome(() => signMessage(message, { key: privateKey, passportId }), expected);
  });
});

describe('messages that this library signed', () => {
  it.each(byUs)('$name', async (row) => {
    expect(row.package_verdict.valid).toBe(row.difference === undefined);
    const verified = await verifyValue(row, ourKey);
    expect(verified.messageHash).toBe(row.message_hash);
    await expectOutcome(() => verifyText(row, ourKey), row.expected_from_text ?? row.expected);
  });

  it.each(['key-order', 'number-form'])('are refused by mcps-secure where canonical JSON differs: %s', (difference) => {
    const refused = byUs.filter((row) => row.difference === difference);
    expect(refused).not.toHaveLength(0);
    for (const row of refused) expect(row.package_verdict).toEqual({ valid: false, code: 'MCPS-004' });
  });
});

describe('altered messages', () => {
  const sound = byPackage.filter((row) => row.expected.ok === true);

  it('has something to alter', () => {
    expect(sound.length).toBeGreaterThan(20);
  });

  it.each(sound)('$name: nothing of it can be altered', async (row) => {
    const wire = JSON.parse(row.wire) as Record<string, unknown>;
    const altered = alterations(wire);
    expect(altered.length).toBeGreaterThan(REVISION_FIELDS.length);
    for (const { what, message } of altered) {
      const outcome = { what, run: () => verifyMessageWithKey(message, packageKey, optionsOf(row)) };
      await expectOutcome(outcome.run, { reason: 'signature_invalid' });
    }
  });

  it.each(sound)('$name: no other key and no other channel', async (row) => {
    const wrong = { reason: 'signature_invalid' };
    await expectOutcome(() => verifyValue(row, ourKey), wrong);
    await expectOutcome(() => verifyValue(row, packageKey, { channelBinding: 'another channel' }), wrong);
  });

  it.each(sound)('$name: not outside its time', async (row) => {
    const at = (ms: number) => ({ clock: () => data.verify_at_ms + ms });
    await expectOutcome(() => verifyValue(row, packageKey, at(3_600_000)), { reason: 'timestamp_too_old' });
    await expectOutcome(() => verifyValue(row, packageKey, at(-3_600_000)), { reason: 'timestamp_in_future' });
  });
});

describe('envelopes that no library writes', () => {
  it.each(variants)('$name', async (row) => {
    await expectOutcome(() => verifyValue(row, ourKey), row.expected);
    await expectOutcome(() => verifyText(row, ourKey), row.expected_from_text ?? row.expected);
  });

  it('are accepted by mcps-secure more often than here', () => {
    const accepted = variants.filter((row) => row.package_verdict.valid && row.expected.ok !== true);
    expect(accepted.map(({ name }) => name)).toEqual([
      'version-unknown',
      'version-of-the-earlier-format',
      'version-missing',
      'base64-with-line-break',
      'two-minutes-ahead',
      'time-zone-offset',
      'space-for-t',
      'no-time-zone',
      'basic-format',
      'other-passport-id',
      'upper-case-nonce',
      'short-nonce',
      'params-array',
      'method-and-result',
      'neither-kind',
      'channel-binding-empty',
    ]);
    const refused = variants.filter((row) => !row.package_verdict.valid && row.expected.ok === true);
    expect(refused.map(({ name }) => name)).toEqual(['carried-in-meta']);
  });

  it.each(variants.filter((row) => row.expected_with_low_s_required !== undefined))(
    '$name: low-S required',
    async (row) => {
      await expectOutcome(
        () => verifyValue(row, ourKey, { requireLowS: true }),
        row.expected_with_low_s_required ?? {},
      );
    },
  );

  it.each(variants.filter((row) => row.expected_with_any_passport_id !== undefined))(
    '$name: any passport id',
    async (row) => {
      const any = { acceptAnyPassportId: true };
      await expectOutcome(() => verifyValue(row, ourKey, any), row.expected_with_any_passport_id ?? {});
    },
  );
});
