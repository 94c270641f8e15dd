import { generateKeyPair } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import { resolveSecurity } from '../../src/connection/index.js';
import type { SecurityOptions } from '../../src/connection/index.js';
import { signMessage } from '../../src/envelope/index.js';
import type { JsonObject } from '../../src/json-rpc/index.js';
import { issuePassport } from '../../src/passport/index.js';
import { MemoryReplayStore } from '../../src/replay/index.js';
import { acceptSingleMessage } from '../../src/single-message/index.js';
import { rejectionOf } from '../support/refusal.js';

const authority = await generateKeyPair();

async function someone(name: string) {
  const { publicKey, privateKey } = await generateKeyPair();
  const passport = await issuePassport({
    authority: { issuer: 'authority.example', key: authority.privateKey },
    subject: { name, version: '1.0.0', publicKey },
  });
  return { passport, privateKey };
}

const server = await someone('server');
const agent = await someone('agent');

const configOf = (options: Partial<SecurityOptions> = {}) =>
  resolveSecurity('server', {
    ...server,
    trustAnchors: [{ issuer: 'authority.example', keys: [authority.publicKey] }],
    allowPublishedPeers: true,
    // Messages are signed in the millisecond in which the store begins.
    replayStore: new MemoryReplayStore({ clock: () => Date.now() - 1 }),
    ...options,
  });

/** A call with the passport of its sender, and whatever else it says of itself. */
async function call(members: JsonObject = {}, signer = agent): Promise<JsonObject> {
  const _meta = { 'dev.mcps/passport': { passport: signer.passport }, ...members };
  const message = { jsonrpc: '2.0', id: 1, method: 'ping', params: { _meta } };
  const options = { passportId: signer.passport.passport_id, key: signer.privateKey };
  return (await signMessage(message, options)).message;
}

const contextFor = (audience: string, direction = 'client') => ({ 'dev.mcps/context': { audience, direction } });

describe('a single message', () => {
  it('is accepted once, with who has sent it', async () => {
    const config = await configOf();
    const message = await call();
    const { identity, message: delivered } = await acceptSingleMessage(message, config);
    expect(identity).toMatchObject({ passportId: agent.passport.passport_id, level: 1, standing: 'anchored' });
    expect(delivered).toMatchObject({ id: 1, method: 'ping' });
    expect(JSON.stringify(delivered)).not.toContain('dev.mcps');
    expect(await rejectionOf(acceptSingleMessage(message, config))).toBe('nonce_repeated');
  });

  it('is held to where it says that it belongs', async () => {
    const config = await configOf({ audience: 'https://tools.example' });
    const reasonFor = async (members: JsonObject) => rejectionOf(acceptSingleMessage(await call(members), config));
    expect(await reasonFor(contextFor(server.passport.passport_id))).toBeUndefined();
    expect(await reasonFor(contextFor('https://tools.example'))).toBeUndefined();
    expect(await reasonFor(contextFor('https://other.example'))).toBe('audience_mismatch');
    expect(await reasonFor(contextFor(server.passport.passport_id, 'server'))).toBe('direction_reflected');
    const session = { audience: server.passport.passport_id, direction: 'client', session: 'a'.repeat(64), seq: 0 };
    expect(await reasonFor({ 'dev.mcps/context': session })).toBe('session_mismatch');
    expect(await reasonFor({ 'dev.mcps/retry_of': 'a'.repeat(32) })).toBe('context_missing');
    expect(await reasonFor({ 'dev.mcps/retry_of': 'a'.repeat(32), ...contextFor(server.passport.passport_id) })).toBe(
      'retry_invalid',
    );
  });

  it('without a place of its own is accepted only where published peers are', async () => {
    const config = await configOf({ allowPublishedPeers: false });
    expect(await rejectionOf(acceptSingleMessage(await call(), config))).toBe('context_missing');
  });

  it('is refused where it is unsigned, whatever else is allowed, and where it is our own', async () => {
    const config = await configOf({ requireSecurity: false, minTrustLevel: 0 });
    const unsigned = { jsonrpc: '2.0', id: 1, method: 'ping' };
    expect(await rejectionOf(acceptSingleMessage(unsigned, config))).toBe('envelope_missing');
    expect(await rejectionOf(acceptSingleMessage(await call({}, server), config))).toBe('signer_is_self');
  });
});
