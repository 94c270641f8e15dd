import { canonicalize, exportPublicPem, generateKeyPair, importPublicKey, parseJson } from '@mcps/crypto';
import type { PublicJwk, PublicKey } from '@mcps/crypto';
import {
  createPassport,
  createTranscriptBinding,
  createTrustAnchors,
  signMessage,
  signPassport,
  signToolDefinition,
  verifyMessageWithKey,
  verifyPassport,
  verifyToolDefinition,
  verifyTranscriptBinding,
} from '@mcps/protocol';
import type { Reason } from '@mcps/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PythonPackage } from './support/python-package.js';
import { anyMessage, anyName, anyObject, anyText, anyTool } from './support/random-messages.js';
import { refusalOf } from './support/refusal.js';
import { tamperedCopies } from './support/tampering.js';

const environment = inject('python').published;
const PASSPORT_ID = `asp_${'5a'.repeat(16)}`;
const ISSUER = 'authority.example';
const VALID = { valid: true, error: null };

/** One change for each message; which one, the case says. */
const choice = fc.nat();
const chosen = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

describe.skipIf('missing' in environment)('mcps-secure 1.0.0, the published format', () => {
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
        const verified = await verifyMessageWithKey(parseJson(wire), theirs.publicKey);
        expect(verified.message).toEqual(message);
        expect(await python.call('canonical_json', [message])).toBe(canonicalize(message));
        // The version is not signed, and stands for itself: it is checked.
        const { where, document } = chosen(tamperedCopies(JSON.parse(wire)), index);
        refusals.add(await refusalOf(verifyMessageWithKey(document, theirs.publicKey), where));
      }),
      { numRuns: 200 },
    );
    expect(refusals).toContain('signature_invalid');
  });

  it('verifies 200 random messages that were signed here; it refuses one change in each', async () => {
    await fc.assert(
      fc.asyncProperty(anyMessage, choice, async (message, index) => {
        const signed = await signMessage(message, { passportId: PASSPORT_ID, key: ours.privateKey });
        const wire = JSON.parse(JSON.stringify(signed.message));
        expect(await python.call('verify_message', [wire, ours.pem])).toEqual(VALID);
        const { where, document } = chosen(
          tamperedCopies(wire, ['mcps/version', 'mcps/nonce', 'mcps/passport_id']),
          index,
        );
        // Without its nonce or passport id, an envelope lets the package raise: see the next test.
        expect((await python.call('verify_message', [document, ours.pem])).valid, where).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses messages signed here for another nonce, passport or key', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const signed: any = (await signMessage(message, { passportId: PASSPORT_ID, key: ours.privateKey })).message;
    const altered = (more: object) => ({ ...signed, mcps: { ...signed.mcps, ...more } });
    const refused = { valid: false, error: { code: 'MCPS-004' } };
    expect(await python.call('verify_message', [signed, ours.pem])).toEqual(VALID);
    for (const more of [{ nonce: 'f'.repeat(32) }, { passport_id: `asp_${'1'.repeat(32)}` }]) {
      expect(await python.call('verify_message', [altered(more), ours.pem])).toMatchObject(refused);
    }
    expect(await python.call('verify_message', [signed, theirs.pem])).toMatchObject(refused);
    expect(await refusalOf(verifyMessageWithKey(signed, theirs.publicKey))).toBe('signature_invalid');
    await expect(python.call('verify_message', [altered({ nonce: undefined }), ours.pem])).rejects.toThrow('KeyError');
  });

  it('binds messages to a channel as this library does', async () => {
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const here = { channel_binding: 'exporter-1' };
    const wire = await python.call('sign_message', [message, PASSPORT_ID, theirs.secret], here);
    await verifyMessageWithKey(wire, theirs.publicKey, { channelBinding: 'exporter-1' });
    expect(await refusalOf(verifyMessageWithKey(wire, theirs.publicKey))).toBe('signature_invalid');
    const options = { passportId: PASSPORT_ID, key: ours.privateKey, channelBinding: 'exporter-1' };
    const signed = (await signMessage(message, options)).message;
    expect(await python.call('verify_message', [signed, ours.pem], here)).toEqual(VALID);
    const other = { channel_binding: 'exporter-2' };
    expect((await python.call('verify_message', [signed, ours.pem], other)).valid).toBe(false);
  });

  it('issues passports for random agents, which verify here against its key; any change in them is refused here', async () => {
    const anchors = await createTrustAnchors([{ issuer: ISSUER, keys: [theirs.jwk] }]);
    const agent = await exportPublicPem((await generateKeyPair()).publicKey);
    await fc.assert(
      fc.asyncProperty(
        anyName,
        fc.array(fc.stringMatching(/^[a-z]{1,8}\/[a-z]{1,8}$/), { maxLength: 6 }),
        async (name, capabilities) => {
          const options = { public_key: agent, issuer: ISSUER, capabilities, ttl_days: 30 };
          const made = await python.call('create_passport', [name], options);
          const text = await python.text('sign_passport', [made, theirs.secret]);
          const verify = (passport: string) => verifyPassport(passport, { anchors, now: Date.now() });
          expect(await verify(text)).toMatchObject({ standing: 'anchored', staticLevel: 1, passport: made });
          for (const { where, document } of tamperedCopies(JSON.parse(text))) {
            const outcome = await verify(JSON.stringify(document)).catch((error: unknown) => error);
            // Whoever is not known to have signed it vouches for nothing.
            if (where === 'issuer') expect(outcome).toMatchObject({ standing: 'unknown-anchor', staticLevel: 0 });
            else expect(outcome, where).toMatchObject({ reason: expect.stringMatching(/^passport_/) });
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('verifies passports that were issued here, and follows them to their anchor; any change in them is refused there', async () => {
    const { publicKey } = await generateKeyPair();
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        const unsigned = createPassport({ name, version: '1.0.0', publicKey, issuer: ISSUER, ttlSeconds: 86_400 });
        const passport = await signPassport(unsigned, ours.privateKey);
        expect(await python.call('validate_passport_format', [passport])).toEqual(VALID);
        expect(await python.call('verify_passport_signature', [passport, ours.pem])).toBe(true);
        const chain = await python.call('verify_issuer_chain', [passport, { [ISSUER]: ours.pem }]);
        expect(chain).toMatchObject({ valid: true, root_issuer: ISSUER });
        for (const { where, document } of tamperedCopies(passport)) {
          expect(await python.call('verify_passport_signature', [document, ours.pem]), where).toBe(false);
        }
      }),
      { numRuns: 12 },
    );
  });

  it('signs random tools, which verify here, and verifies those signed here; a change of either is refused by the other', async () => {
    const origin = fc.constantFrom(undefined, 'https://author.example');
    await fc.assert(
      fc.asyncProperty(anyTool, origin, choice, async (tool, authorOrigin, index) => {
        const options = authorOrigin === undefined ? {} : { authorOrigin };
        const named = { author_origin: authorOrigin ?? null };
        const { where, document } = chosen(
          tamperedCopies(tool)
            .slice(1)
            .filter((copy) => !copy.where.endsWith('taken out')),
          index,
        );

        const made = await python.call('sign_tool', [tool, theirs.secret], named);
        const verified = await verifyToolDefinition(tool, made.signature, theirs.publicKey, options);
        expect(verified.toolHash).toBe(made.tool_hash);
        const changed = verifyToolDefinition(document, made.signature, theirs.publicKey, options);
        expect(await refusalOf(changed, where)).toMatch(/^tool_/);

        const own = await signToolDefinition(tool, ours.privateKey, options);
        expect(own.toolHash).toBe(made.tool_hash);
        const check = (value: object) =>
          python.call('verify_tool', [value, own.signature, ours.pem, own.toolHash], named);
        expect(await check(tool)).toEqual({ valid: true, tool_hash: own.toolHash, hash_changed: false });
        expect(await check(document), where).toMatchObject({ valid: false, hash_changed: true });
      }),
      { numRuns: 60 },
    );
  });

  it('binds transcripts of random handshakes as this library does; a change on either side is noticed by the other', async () => {
    await fc.assert(
      fc.asyncProperty(anyObject, anyObject, anyText, async (client, server, more) => {
        const downgraded = { ...client, capabilities: more };
        fc.pre(canonicalize(downgraded) !== canonicalize(client));
        const made = await python.call('create_transcript_binding', [client, server, theirs.secret]);
        await verifyTranscriptBinding(made, theirs.publicKey, client, server);
        expect(await refusalOf(verifyTranscriptBinding(made, theirs.publicKey, downgraded, server))).toBe(
          'binding_mismatch',
        );

        const own = await createTranscriptBinding(client, server, ours.privateKey);
        expect(own.transcript_hash).toBe(made.transcript_hash);
        const check = (params: object) =>
          python.call('verify_transcript_binding', [
            own.transcript_hash,
            own.transcript_signature,
            ours.pem,
            params,
            server,
          ]);
        expect(await check(client)).toEqual(VALID);
        expect(await check(downgraded)).toMatchObject({ valid: false, error: { code: 'MCPS-012' } });
      }),
      { numRuns: 60 },
    );
  });
});
