import { importPublicKey, parseJson } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import data from '../../../../vectors/interop/mcps-secure-1.0.0/transcripts.json' with { type: 'json' };
import type { JsonObject } from '../../src/json-rpc/index.js';
import { verifyTranscriptBinding } from '../../src/transcript/index.js';
import { expectOutcome } from './outcome.js';
import type { Outcome } from './outcome.js';

interface Row {
  readonly name: string;
  readonly client: string;
  readonly server: string;
  readonly transcript_hash: string;
  readonly transcript_signature: string;
  readonly difference?: string | undefined;
  readonly expected: Outcome;
  readonly package_verdict: { readonly valid: boolean; readonly code: string | null };
}

const byPackage = data.signed_by_package as readonly Row[];
const byUs = data.signed_by_us as readonly Row[];

let packageKey: PublicKey;
let ourKey: PublicKey;
beforeAll(async () => {
  packageKey = await importPublicKey(data.package_keys.agent);
  ourKey = await importPublicKey(data.our_keys.agent);
});

function verify(row: Row, key: PublicKey, altered: Partial<Row> = {}) {
  const { client, server, transcript_hash, transcript_signature } = { ...row, ...altered };
  const objects = [client, server].map((text) => parseJson(text) as JsonObject) as [JsonObject, JsonObject];
  return verifyTranscriptBinding({ transcript_hash, transcript_signature }, key, ...objects);
}

describe('transcript bindings that mcps-secure signed', () => {
  it.each(byPackage)('$name', async (row) => {
    expect(row.package_verdict).toEqual({ valid: true, code: null });
    await expectOutcome(() => verify(row, packageKey), row.expected);
  });

  it.each(byPackage.filter(({ expected }) => expected.ok === true))('$name: altered', async (row) => {
    const mismatch = { reason: 'binding_mismatch' };
    const invalid = { reason: 'binding_signature_invalid' };
    await expectOutcome(() => verify(row, packageKey, { client: '{"downgraded":true}' }), mismatch);
    await expectOutcome(() => verify(row, packageKey, { server: '{"downgraded":true}' }), mismatch);
    await expectOutcome(() => verify(row, packageKey, { transcript_hash: '0'.repeat(64) }), mismatch);
    await expectOutcome(() => verify(row, ourKey), invalid);
  });
});

describe('transcript bindings that this library signed', () => {
  it.each(byUs)('$name', async (row) => {
    expect(row.package_verdict.valid).toBe(row.difference === undefined);
    await expectOutcome(() => verify(row, ourKey), row.expected);
  });
});
