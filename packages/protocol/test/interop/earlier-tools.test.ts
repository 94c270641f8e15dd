import { decodeBase64, derToP1363, encodeBase64, importPublicKey } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import data from '../../../../vectors/interop/mcp-secure-1.0.0/tools.json' with { type: 'json' };
import type { JsonObject } from '../../src/json-rpc/index.js';
import { verifyLegacyTool } from '../../src/legacy-1.0.0/index.js';
import type { LegacyDocument } from '../../src/legacy-1.0.0/index.js';
import { verifyToolDefinition } from '../../src/tool/index.js';
import { expectOutcome } from './outcome.js';
import type { Outcome } from './outcome.js';

interface Row {
  readonly name: string;
  readonly wire: string;
  readonly signature: string;
  readonly expected: Outcome;
  readonly expected_from_value?: Outcome | undefined;
  readonly package_verdict: unknown;
}

const byPackage: readonly Row[] = data.signed_by_package;
const byUs: readonly Row[] = data.signed_by_us;

let packageKey: PublicKey;
let ourKey: PublicKey;
beforeAll(async () => {
  packageKey = await importPublicKey(data.package_keys.agent);
  ourKey = await importPublicKey(data.our_keys.agent);
});

const parse = (row: Row) => JSON.parse(row.wire) as JsonObject;
const verify = (row: Row, key: PublicKey, tool: LegacyDocument = row.wire) =>
  verifyLegacyTool(tool, row.signature, key);

describe('tools that mcp-secure signed', () => {
  it.each(byPackage)('$name', async (row) => {
    expect(row.package_verdict).toBe(true);
    await expectOutcome(() => verify(row, packageKey), row.expected);
    await expectOutcome(() => verify(row, packageKey, parse(row)), row.expected_from_value ?? row.expected);
  });

  it.each(byPackage)('$name: altered', async (row) => {
    const invalid = { reason: 'tool_signature_invalid' };
    await expectOutcome(() => verify(row, ourKey), invalid);
    await expectOutcome(() => verify(row, packageKey, JSON.stringify({ ...parse(row), name: 'other' })), invalid);
    await expectOutcome(() => verify(row, packageKey, JSON.stringify({ ...parse(row), description: 'x' })), invalid);
  });

  it.each(byPackage)('$name: no tool of the published format', async (row) => {
    const check = (signature: string) => () => verifyToolDefinition(parse(row), signature, packageKey);
    await expectOutcome(check(row.signature), { reason: 'tool_signature_malformed' });
    const p1363 = encodeBase64(derToP1363(decodeBase64(row.signature)));
    await expectOutcome(check(p1363), { reason: 'tool_signature_invalid' });
  });
});

describe('tools that this library signed in the earlier format', () => {
  it.each(byUs)('$name', async (row) => {
    expect(row.package_verdict).toBe(true);
    await expectOutcome(() => verify(row, ourKey), row.expected);
    await expectOutcome(() => verify(row, ourKey, parse(row)), row.expected);
  });
});
