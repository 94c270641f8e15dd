import { exportPublicPem, generateKeyPair, importPublicKey } from '@mcps/crypto';
import type { PublicJwk, PublicKey } from '@mcps/crypto';
import { verifyMessageWithKey } from '@mcps/protocol';
import type { Reason } from '@mcps/protocol';
import {
  signLegacyMessage,
  signLegacyPassport,
  signLegacyTool,
  verifyLegacyMessageWithKey,
  verifyLegacyPassport,
  verifyLegacyTool,
} from '@mcps/protocol/legacy';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { JsonText, PythonPackage } from './support/python-package.js';
import { anyMessage, anyName, anyTool } from './support/random-messages.js';
import { refusalOf } from './support/refusal.js';
import { tamperedCopies } from './support/tampering.js';

const environment = inject('python').earlier;
const PASSPORT_ID = `asp_${'e7'.repeat(16)}`;
const VALID = { valid: true, error: null };

const choice = fc.nat();
const chosen = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

describe.skipIf('missing' in environment)('mcp-secure 1.0.0, an earlier format', () => {
  let python: PythonPackage;
  let theirs: { readonly pem: string; readonly secret: string; readonly jwk: PublicJwk; readonly publicKey: PublicKey };
  let ours: Awaited<ReturnType<typeof generateKeyPair>> & { readonly pem: string };

  beforeAll(async () => {
    if ('missing' in environment) return;
    python = PythonPackage.start(environment.python);
    const { public_key: pem, private_key: secret } = await python.call('generate_key_pair', []);
    const jwk = await python.call('public_key_to_jwk', [pem]);
    theirs = { pem, secret, jwk, publicKey: await importPublicKey(jwk) };
    const pair = await generateKeyPair();
    ours = { ...pair, pem: await exportPublicPem(pair.publicKey) };
  });

  afterAll(() => python?.stop());

  it('signs 200 random messages, which verify here; one change in each is refused here', async () => {
    const refusals = new Set<Reason>();
    await fc.assert(
      fc.asyncProperty(anyMessage, choice, async (message, index) => {
        const wire = await python.text('sign_message', [message, PASSPORT_ID, theirs.secret]);
        const verified = await verifyLegacyMessageWithKey(wire, theirs.publicKey);
        expect(verified.message).toEqual(message);
        const { where, document } = chosen(tamperedCopies(JSON.parse(wire)), index);
        refusals.add(await refusalOf(verifyLegacyMessageWithKey(JSON.stringify(document), theirs.publicKey), where));
      }),
      { numRuns: 200 },
    );
    expect(refusals).toContain('signature_invalid');
  });

  it('verifies 200 random messages that were signed here; it refuses one change in each', async () => {
    await fc.assert(
      fc.asyncProperty(anyMessage, choice, async (message, index) => {
        const signed = await signLegacyMessage(message, { passportId: PASSPORT_ID, key: ours.privateKey });
        const wire = JSON.parse(JSON.stringify(signed));
        expect(await python.call('verify_message', [wire, ours.pem])).toEqual(VALID);
        // The version is not signed, a member beside the envelope's own is not seen, and without others the package raises.
        const copies = tamperedCopies(wire, ['mcps', 'passport_id', 'nonce', 'signature']).slice(1);
        const { where, document } = chosen(copies, index);
        expect((await python.call('verify_message', [document, ours.pem])).valid, where).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses messages signed here for another nonce, passport, signature or key', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const signed = await signLegacyMessage(message, { passportId: PASSPORT_ID, key: ours.privateKey });
    const refused = { valid: false, error: { code: 'MCPS-004' } };
    expect(await python.call('verify_message', [signed, ours.pem])).toEqual(VALID);
    expect(await python.call('verify_message', [signed, theirs.pem])).toMatchObject(refused);
    const other = await signLegacyMessage(message, { passportId: PASSPORT_ID, key: ours.privateKey });
    const { nonce, signature } = other;
    for (const more of [{ nonce }, { signature }, { passport_id: `asp_${'1'.repeat(32)}` }]) {
      expect(await python.call('verify_message', [{ ...signed, ...more }, ours.pem])).toMatchObject(refused);
    }
  });

  it('signs the text: the same number in another notation is another message', async () => {
    const message = (value: string) => `{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"value":${value}}}`;
    for (const [sent, altered] of [
      ['1.0', '1'],
      ['1', '1.0'],
    ] as const) {
      const wire = await python.text('sign_message', [new JsonText(message(sent)), PASSPORT_ID, theirs.secret]);
      expect(wire).toContain(`"value": ${sent}}`);
      await verifyLegacyMessageWithKey(wire, theirs.publicKey);
      const changed = wire.replace(`"value": ${sent}}`, `"value": ${altered}}`);
      expect(await refusalOf(verifyLegacyMessageWithKey(changed, theirs.publicKey))).toBe('signature_invalid');
    }
  });

  it('writes floats as it likes, which this library does as well: `1e-07`, `1e-05`', async () => {
    for (const [sent, written] of [
      ['1e-7', '1e-07'],
      ['0.00001', '1e-05'],
    ] as const) {
      const message = JSON.parse(`{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"value":${sent}}}`);
      const wire = await python.text('sign_message', [message, PASSPORT_ID, theirs.secret]);
      expect(wire).toContain(`"value": ${written}}`);
      await verifyLegacyMessageWithKey(wire, theirs.publicKey);
      const signed = await signLegacyMessage(message, { passportId: PASSPORT_ID, key: ours.privateKey });
      expect(await python.call('verify_message', [signed, ours.pem])).toEqual(VALID);
    }
  });

  it('is not taken for the published format', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const wire = await python.call('sign_message', [message, PASSPORT_ID, theirs.secret]);
    expect(await refusalOf(verifyMessageWithKey(wire, theirs.publicKey))).toBe('message_kind_ambiguous');
    expect(await refusalOf(verifyMessageWithKey({ ...wire, ...message }, theirs.publicKey))).toBe('envelope_malformed');
  });

  it('issues passports that verify here, and verifies those signed here; any change is refused by the other', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        const made = await python.call('create_passport', [name], {
          public_key: ours.pem,
          issuer: 'authority.example',
        });
        const text = await python.text('sign_passport', [made, theirs.secret]);
        const verify = (passport: string) => verifyLegacyPassport(passport, theirs.publicKey);
        expect((await verify(text)).passport).toMatchObject(made);
        for (const { where, document } of tamperedCopies(JSON.parse(text))) {
          expect(await refusalOf(verify(JSON.stringify(document)), where)).toMatch(/^passport_/);
        }
        const own = await signLegacyPassport(made, ours.privateKey);
        expect(await python.call('verify_passport_signature', [own, ours.pem])).toBe(true);
        for (const { where, document } of tamperedCopies(own)) {
          expect(await python.call('verify_passport_signature', [document, ours.pem]), where).toBe(false);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('signs random tools, which verify here, and verifies those signed here; a change of either is refused by the other', async () => {
    await fc.assert(
      fc.asyncProperty(anyTool, choice, async (tool, index) => {
        const copies = tamperedCopies(tool)
          .slice(1)
          .filter((copy) => !copy.where.endsWith('taken out'));
        const { where, document } = chosen(copies, index);
        const made = await python.call('sign_tool', [tool, theirs.secret]);
        await verifyLegacyTool(tool, made, theirs.publicKey);
        expect(await refusalOf(verifyLegacyTool(document, made, theirs.publicKey), where)).toMatch(/^tool_/);
        const own = await signLegacyTool(tool, ours.privateKey);
        expect(await python.call('verify_tool', [tool, own, ours.pem])).toBe(true);
        expect(await python.call('verify_tool', [document, own, ours.pem]), where).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
});
