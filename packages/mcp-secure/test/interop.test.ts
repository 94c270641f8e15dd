import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import messages from '../../../vectors/interop/mcps-secure-1.0.0/messages.json' with { type: 'json' };
import passports from '../../../vectors/interop/mcps-secure-1.0.0/passports.json' with { type: 'json' };
import tools from '../../../vectors/interop/mcps-secure-1.0.0/tools.json' with { type: 'json' };
import transcripts from '../../../vectors/interop/mcps-secure-1.0.0/transcripts.json' with { type: 'json' };
import * as mcps from '../src/index.js';

beforeAll(() => {
  vi.useFakeTimers({ now: messages.verify_at_ms, toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

interface Outcome {
  readonly ok?: boolean;
  readonly reason?: string;
  readonly code?: string;
}

interface Row {
  readonly name: string;
  readonly wire: string;
  readonly channel_binding?: string | null;
  readonly signature: string;
  readonly tool_hash: string;
  readonly author_origin?: string | null;
  readonly signing_key?: string | null;
  readonly expected: Outcome;
  readonly expected_with_any_passport_id?: Outcome;
}

const rowsOf = (rows: readonly object[]) => (rows as Row[]).filter(({ wire }) => wire !== undefined);

/** What this package answers is what the layer below does, in the published shape. */
const answers = ({ expected }: Pick<Row, 'expected'>) =>
  expected.ok === true ? { valid: true, error: null } : { valid: false, reason: expected.reason ?? expected.code };

describe('what the published Python package has signed', () => {
  it.each(rowsOf(messages.signed_by_package))('message $name', (row) => {
    const verdict = mcps.verifyMessage(JSON.parse(row.wire), messages.package_keys.agent, row.channel_binding);
    expect(verdict).toMatchObject(answers(row));
  });

  it.each(rowsOf(messages.variants))('altered message $name', (row) => {
    const key = messages.our_keys.agent;
    const expected = row.expected_with_any_passport_id ?? row.expected;
    const verdict = mcps.verifyMessage(JSON.parse(row.wire), key, row.channel_binding);
    expect(verdict).toMatchObject(answers({ expected }));
  });

  it.each(rowsOf(tools.signed_by_package))('tool $name', (row) => {
    const { signature, tool_hash, author_origin } = row;
    const verdict = mcps.verifyTool(
      JSON.parse(row.wire),
      signature,
      tools.package_keys.agent,
      tool_hash,
      author_origin,
    );
    expect(verdict).toMatchObject(answers(row));
    if (verdict.valid) expect(verdict).toMatchObject({ tool_hash, hash_changed: false });
  });

  it.each(transcripts.signed_by_package.filter(({ name }) => name === 'initialize'))('transcript $name', (row) => {
    const { transcript_hash, transcript_signature } = row;
    const verify = (client: string, server: string) =>
      mcps.verifyTranscriptBinding(
        transcript_hash,
        transcript_signature,
        transcripts.package_keys.agent,
        JSON.parse(client),
        JSON.parse(server),
      ).valid;
    expect(verify(row.client, row.server)).toBe(true);
    expect(verify(row.server, row.client)).toBe(false);
  });

  it.each(rowsOf(passports.signed_by_package).filter(({ expected }) => expected.ok === true))(
    'passport $name',
    (row) => {
      const passport: mcps.PassportObject = JSON.parse(row.wire);
      expect(mcps.validatePassportFormat(passport)).toEqual({ valid: true, error: null });
      const keys: Record<string, object> = passports.package_keys;
      const key = keys[row.signing_key ?? ''];
      if (key !== undefined) expect(mcps.verifyPassportSignature(passport, key as never)).toBe(true);
    },
  );

  it.each(['expired', 'too-large', 'chain-too-deep'])('passport %s, refused by its code', (name) => {
    const row = rowsOf(passports.signed_by_package).find((candidate) => candidate.name === name);
    expect(mcps.validatePassportFormat(JSON.parse(row?.wire ?? ''))).toMatchObject({
      valid: false,
      reason: row?.expected.reason,
    });
  });
});
