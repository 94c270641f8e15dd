import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { generateKeyPair, sign } from '@mcps/crypto';
import type { PrivateKey } from '@mcps/crypto';
import type { JsonObject } from '@mcps/protocol';
import { createTrustClient } from '@mcps/trust-client';
import { TrustAuthority } from '../../../sdk-adapter/test/harness/trust-authority.js';
import type { Enrolled } from '../../../sdk-adapter/test/harness/trust-authority.js';
import * as mcps from '../../src/index.js';
import { CALL } from '../support/values.js';

let authority: TrustAuthority;
let server: Enrolled;
let agent: Enrolled;

const open: { destroy(): void }[] = [];
const kept = <T extends { destroy(): void }>(secured: T): T => {
  open.push(secured);
  return secured;
};

beforeAll(async () => {
  authority = await TrustAuthority.start();
  server = await authority.enrol('server');
  agent = await authority.enrol('agent');
});

afterAll(async () => {
  for (const secured of open) secured.destroy();
  await authority.destroy();
});

const quiet = { onTrustNotice: () => {} };
const optionsOf = () => ({
  passport: server.passport.passport_id,
  privateKey: server.privateKey,
  trustAuthority: authority.url,
  minTrustLevel: 2 as const,
  ...quiet,
});
const signedBy = ({ passport, privateKey }: Enrolled, message: object = CALL) =>
  mcps.signMessage(message, passport.passport_id, privateKey);

describe('secureMCP for a server that is none of the official SDK', () => {
  it('hands a verified message to the handler, with its caller, and returns what that returns', async () => {
    const handled: unknown[] = [];
    const secured = kept(
      mcps.secureMCP(
        {
          handleMessage: (message, caller) => {
            handled.push(message);
            return { echoed: message['method'], by: caller.agent.name, level: caller.level };
          },
        },
        optionsOf(),
      ),
    );
    expect(await secured.handleMessage(signedBy(agent))).toEqual({ echoed: 'tools/call', by: 'agent', level: 2 });
    expect(handled).toEqual([CALL]);
  });

  it('accepts each message once', async () => {
    const secured = kept(mcps.secureMCP(null, optionsOf()));
    const envelope = signedBy(agent);
    const outcomes = await Promise.all([1, 2, 3].map(() => secured.handleMessage(structuredClone(envelope))));
    expect(outcomes.filter((outcome) => (outcome as JsonObject)['result'] === 'ok')).toHaveLength(1);
    expect(outcomes).toContainEqual({ error: mcps.ERROR_CODES.REPLAY_ATTACK, reason: 'nonce_repeated' });
  });

  it('lets nobody use up the nonce of somebody else: it comes after the signature', async () => {
    const secured = kept(mcps.secureMCP({}, optionsOf()));
    const envelope = signedBy(agent);
    const forged = { ...envelope, params: { name: 'write_file' } };
    expect(await secured.handleMessage(forged)).toMatchObject({ error: { code: 'MCPS-004' } });
    expect(await secured.handleMessage(envelope)).toEqual({ result: 'ok' });
  });

  it('refuses what is unsigned, unknown, of too low a level, or its own, and calls no handler', async () => {
    const handleMessage = vi.fn();
    const entries: mcps.AuditEntry[] = [];
    const secured = kept(
      mcps.secureMCP({ handleMessage }, { ...optionsOf(), onAudit: (entry) => void entries.push(entry) }),
    );
    const { privateKey } = mcps.generateKeyPair();
    const low = await authority.enrol('low', { level: 1 });
    const cases: readonly (readonly [unknown, string])[] = [
      [CALL, 'MCPS-004'],
      [null, 'MCPS-004'],
      [mcps.signMessage(CALL, `asp_${'0'.repeat(32)}`, privateKey), 'MCPS-001'],
      [mcps.signMessage(CALL, 'asp_test', privateKey), 'MCPS-004'],
      [mcps.signMessage(CALL, agent.passport.passport_id, privateKey), 'MCPS-004'],
      [signedBy(low), 'MCPS-009'],
      [signedBy(server), 'MCPS-005'],
    ];
    for (const [envelope, code] of cases) {
      expect(await secured.handleMessage(envelope)).toMatchObject({ error: { code } });
    }
    expect(handleMessage).not.toHaveBeenCalled();
    expect(entries.map(({ event, code }) => [event, code])).toEqual(cases.map(([, code]) => ['rejected', code]));
  });

  it('refuses a passport that has been revoked, and says so', async () => {
    const gone = await authority.enrol('gone');
    const onRevoked = vi.fn();
    const secured = kept(mcps.secureMCP({}, { ...optionsOf(), onRevoked }));
    expect(await secured.handleMessage(signedBy(gone))).toEqual({ result: 'ok' });
    await authority.revoke(gone.passport);
    await vi.waitFor(
      async () => {
        expect(await secured.handleMessage(signedBy(gone))).toMatchObject({ error: { code: 'MCPS-003' } });
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(onRevoked).toHaveBeenCalledWith(gone.passport.passport_id, 'passport_revoked');
  });

  it('believes only the issuers that it is told to', async () => {
    const other = kept(mcps.secureMCP({}, { ...optionsOf(), trustedIssuers: ['somebody.example'] }));
    await expect(other.handleMessage(signedBy(agent))).rejects.toMatchObject({ code: 'anchor_required' });
    const same = kept(mcps.secureMCP({}, { ...optionsOf(), trustedIssuers: ['test-authority'] }));
    expect(await same.handleMessage(signedBy(agent))).toEqual({ result: 'ok' });
  });

  it('is refused by an authority that cannot be reached, fail closed', async () => {
    const secured = kept(mcps.secureMCP({}, { ...optionsOf(), trustAuthority: 'http://127.0.0.1:9' }));
    expect(await secured.handleMessage(signedBy(agent))).toMatchObject({
      error: { code: 'MCPS-007' },
    });
  });

  it('takes no selection from a client that has been told whom to believe', async () => {
    const trustClient = await createTrustClient({ authorities: authority.url, subscribe: false });
    const given = { ...optionsOf(), trustAuthority: undefined, trustClient };
    const secured = kept(mcps.secureMCP({}, given));
    expect(await secured.handleMessage(signedBy(agent))).toEqual({ result: 'ok' });
    const selective = kept(mcps.secureMCP({}, { ...given, trustedIssuers: ['somebody.example'] }));
    await expect(selective.handleMessage(signedBy(agent))).rejects.toMatchObject({ code: 'option_invalid' });
    await trustClient.close();
  });

  it('does without an authority where the passport comes along, and level 1 will do', async () => {
    const trustAnchors = [await authority.anchor()];
    const alone = { passport: server.passport, privateKey: server.privateKey, trustAnchors, minTrustLevel: 1 as const };
    const secured = kept(mcps.secureMCP({}, alone));
    expect(await secured.handleMessage(signedBy(agent))).toMatchObject({ reason: 'unknown_passport' });
    const introduced = { ...CALL, params: { _meta: { 'dev.mcps/passport': { passport: agent.passport } } } };
    expect(await secured.handleMessage(signedBy(agent, introduced))).toEqual({ result: 'ok' });
    expect(await secured.handleMessage(signedBy(agent))).toEqual({ result: 'ok' });
    const selective = kept(mcps.secureMCP({}, { ...alone, trustedIssuers: ['somebody.example'] }));
    await expect(selective.handleMessage(signedBy(agent))).rejects.toMatchObject({ code: 'anchor_required' });
  });

  it('refuses a message that says that it is meant for somebody else', async () => {
    const secured = kept(mcps.secureMCP({}, optionsOf()));
    const meantFor = (audience: string, direction = 'client') =>
      signedBy(agent, { ...CALL, params: { _meta: { 'dev.mcps/context': { audience, direction } } } });
    expect(await secured.handleMessage(meantFor(`asp_${'1'.repeat(32)}`))).toMatchObject({
      error: { code: 'MCPS-011' },
      reason: 'audience_mismatch',
    });
    expect(await secured.handleMessage(meantFor(server.passport.passport_id, 'server'))).toMatchObject({
      reason: 'direction_reflected',
    });
    expect(await secured.handleMessage(meantFor(server.passport.passport_id))).toEqual({ result: 'ok' });
  });

  it('asks several authorities, and serves the passports of each', async () => {
    const secured = kept(
      mcps.secureMCP(
        {},
        { ...optionsOf(), trustAuthority: undefined, trustAuthorities: [authority.url], origin: null },
      ),
    );
    expect(await secured.handleMessage(signedBy(agent))).toEqual({ result: 'ok' });
  });

  it('takes no option that does not exist', () => {
    const misspelt = { ...optionsOf(), minTrustlevel: 4 } as never;
    expect(() => mcps.secureMCP({}, misspelt)).toThrow(/no option `minTrustlevel`/);
    expect(() => mcps.secureMCPClient({}, misspelt)).toThrow(/no option `minTrustlevel`/);
    expect(() => mcps.secureMCP({}, null as never)).toThrow(/options are missing/);
  });

  it('needs somebody to believe', () => {
    expect(() => mcps.secureMCP({}, { passport: 'asp_abc123', privateKey: server.privateKey })).toThrow(
      expect.objectContaining({ code: 'anchor_required' }),
    );
  });

  it('signs in its own name, with any id, and later with an external signer', async () => {
    const { publicKey, privateKey } = await generateKeyPair();
    const answer = { jsonrpc: '2.0', id: 1, result: {} };
    const secured = kept(mcps.secureMCP({}, { ...optionsOf(), passport: 'asp_abc123' }));
    const envelope = await secured.sign(answer);
    expect(envelope.mcps.passport_id).toBe('asp_abc123');
    expect(mcps.verifyMessage(envelope, server.passport.public_key as never).valid).toBe(true);
    const remote = kept(
      mcps.secureMCP(
        {},
        { ...optionsOf(), privateKey: mcps.createExternalSigner(signWith(privateKey), { format: 'p1363' }) },
      ),
    );
    expect(mcps.verifyMessage(await remote.sign(answer), publicKey).valid).toBe(true);
    expect(await remote.handleMessage(signedBy(agent))).toEqual({ result: 'ok' });
  });

  it('accepts nothing any more once it is destroyed', async () => {
    const secured = mcps.secureMCP({}, optionsOf());
    secured.destroy();
    expect(await secured.handleMessage(signedBy(agent))).toHaveProperty('error');
  });
});

describe('secureMCPClient for a client that is none of the official SDK', () => {
  it('signs what it sends, and verifies who answers', async () => {
    const sent: JsonObject[] = [];
    const client = kept(
      mcps.secureMCPClient({ send: (envelope) => sent.push(envelope) }, { trustAuthority: authority.url, ...quiet }),
    );
    expect(client.send(CALL, agent.passport.passport_id, agent.privateKey)).toBe(1);
    expect(mcps.verifyMessage(sent[0], agent.passport.public_key as never).valid).toBe(true);
    const answer = signedBy(server, { jsonrpc: '2.0', id: 1, result: { ok: true } });
    expect(await client.verify(answer)).toMatchObject({ valid: true, passport_id: server.passport.passport_id });
    expect(await client.verify(answer)).toMatchObject({ valid: false, error: { code: 'MCPS-005' } });
    const forged = { ...signedBy(server, { jsonrpc: '2.0', id: 2, result: { ok: true } }), result: { ok: false } };
    expect(await client.verify(forged)).toMatchObject({ valid: false, error: { code: 'MCPS-004' } });
  });

  it('returns the signed message where there is nobody to send it, in its own name where no other is given', () => {
    const client = kept(
      mcps.secureMCPClient(null, {
        passport: agent.passport,
        privateKey: agent.privateKey,
        trustAuthority: authority.url,
      }),
    );
    expect(client.send(CALL)).toMatchObject({ mcps: { passport_id: agent.passport.passport_id } });
  });
});

describe('checkRevocation', () => {
  it('says what the authority says, and of nobody else that he is good', async () => {
    const { keys } = await authority.anchor();
    const good = await mcps.checkRevocation(agent.passport.passport_id, authority.url);
    expect(good).toEqual({ status: 'VALID', revoked: false, reason: null, verified: false });
    const id = agent.passport.passport_id;
    expect(await mcps.checkRevocation(id, authority.url, await authority.anchor())).toMatchObject({ verified: true });
    expect(await mcps.checkRevocation(id, authority.url, keys[0] as never)).toMatchObject({
      status: 'VALID',
      verified: true,
    });
    const { publicKey } = mcps.generateKeyPair();
    expect(await mcps.checkRevocation(id, authority.url, publicKey)).toMatchObject({ revoked: true, verified: false });
    expect(await mcps.checkRevocation(`asp_${'0'.repeat(32)}`, authority.url)).toMatchObject({
      status: 'UNKNOWN',
      revoked: true,
    });
    expect(await mcps.checkRevocation(id, 'http://127.0.0.1:9')).toMatchObject({
      status: 'UNREACHABLE',
      revoked: true,
      reason: 'unreachable',
    });
    await expect(mcps.checkRevocation(id, 'http://agentsign.example')).rejects.toMatchObject({
      code: 'option_invalid',
    });
    const gone = await authority.enrol('gone');
    await authority.revoke(gone.passport);
    expect(await mcps.checkRevocation(gone.passport.passport_id, authority.url)).toMatchObject({
      status: 'REVOKED',
      revoked: true,
      reason: 'passport_revoked',
    });
  });

  it('raises the effective level of the passport that it is of, and of no other', async () => {
    const { issuer, keys } = await authority.anchor();
    const trustStore = { [issuer]: keys as never };
    const status = await mcps.checkRevocation(agent.passport.passport_id, authority.url);
    expect(mcps.getEffectiveTrustLevel(agent.passport, trustStore)).toBe(1);
    expect(mcps.getEffectiveTrustLevel(agent.passport, trustStore, status)).toBe(2);
    expect(mcps.getEffectiveTrustLevel(server.passport, trustStore, status)).toBe(0);
    expect(mcps.getEffectiveTrustLevel(agent.passport, trustStore, { ...status })).toBe(1);
  });
});

function signWith(key: PrivateKey): mcps.SignFunction {
  return (data) => sign(key, data);
}
