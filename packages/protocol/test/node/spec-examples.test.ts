import { readFileSync } from 'node:fs';
import {
  canonicalize,
  decodeBase64Url,
  decodeUtf8,
  encodeUtf8,
  sha256,
  encodeBase64Url,
  sha256Hex,
} from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import {
  classifyMessage,
  openEnvelope,
  readRefusal,
  readSessionHeader,
  replyDigest,
  takeProfile,
  transcriptHash,
  verifyMessageWithKey,
  verifyPassport,
  verifySessionBinding,
  verifySessionHeader,
  verifyStatusList,
  verifyTool,
} from '../../src/index.js';
import type { Binding, JsonObject, VerifiedMessage } from '../../src/index.js';
import { anchorsOf, keyOf } from '../vectors/run.js';

const DOCUMENT = readFileSync(new URL('../../../../docs/spec/examples.md', import.meta.url), 'utf8');
const BLOCK = /<!-- example: ([\w-]+) -->\n\n```\w+\n([\s\S]*?)\n```/g;
const BLOCKS = new Map([...DOCUMENT.matchAll(BLOCK)].map(([, name = '', text = '']) => [name, text]));
const used = new Set<string>();

function text(name: string): string {
  const block = BLOCKS.get(name);
  if (block === undefined) throw new Error(`There is no example ${name}`);
  used.add(name);
  return block;
}
const json = (name: string): JsonObject => JSON.parse(text(name)) as JsonObject;
const bytes = (name: string): Uint8Array => encodeUtf8(text(name).replace('␀', '\0'));
const hash = (name: string): Promise<string> => sha256Hex(bytes(name));
const member = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((holder, name) => (holder as JsonObject)[name], value);
const without = (value: unknown, name: string): JsonObject =>
  Object.fromEntries(Object.entries(value as object).filter(([own]) => own !== name));

const now = Date.parse('2026-03-01T12:00:00.000Z');
const ANCHORS = [{ issuer: 'authority.mcps.test', keys: ['authority'], statusKeys: ['status'] }];
const verified = async (name: string, key = 'agent'): Promise<VerifiedMessage> =>
  verifyMessageWithKey(json(name), await keyOf(key), { clock: () => now });
const delivered = ({ message, kind }: VerifiedMessage): unknown => takeProfile(message, kind).message;

describe("the specification's examples", () => {
  it('F.1 has the key and its thumbprint', async () => {
    expect(json('key')).toEqual((await keyOf('agent')).jwk);
    expect(encodeBase64Url(await sha256(bytes('thumbprint-input')))).toBe(text('thumbprint'));
    expect((await keyOf('agent')).thumbprint).toBe(text('thumbprint'));
  });

  it('F.2 goes from a message to its signature', async () => {
    expect(canonicalize(json('message'))).toBe(text('canonical'));
    expect(await hash('canonical')).toBe(text('message-hash'));
    const { nonce, passport_id, timestamp, signature } = member(json('wire'), 'mcps') as Record<string, string>;
    const signed = { message_hash: text('message-hash'), nonce, passport_id, timestamp };
    expect(canonicalize(signed)).toBe(text('signing-input'));
    expect(canonicalize({ ...signed, signature })).toBe(text('reply-digest-input'));
    expect(await hash('reply-digest-input')).toBe(text('reply-digest'));
    const wire = await verified('wire');
    expect([wire.message, wire.messageHash]).toEqual([json('message'), text('message-hash')]);
    expect(await replyDigest(wire)).toBe(text('reply-digest'));
  });

  it('F.3 moves the envelope into the slot and back', async () => {
    expect((await verified('wire-meta')).message).toEqual(json('message'));
    expect(await replyDigest(await verified('wire-meta'))).toBe(text('reply-digest'));
    expect((await verified('wire-list')).message).toEqual(json('list'));
    expect((await verified('wire-error')).message).toEqual(json('error'));
  });

  it('F.4 adds signed members and takes them out', async () => {
    const message = await verified('wire-profile');
    expect(message.message).toEqual(json('profile'));
    expect(delivered(message)).toEqual(json('message'));
  });

  it('F.5 and F.6 have passports that an anchor vouches for', async () => {
    const anchors = await anchorsOf(ANCHORS);
    expect(canonicalize(without(json('passport'), 'signature'))).toBe(text('passport-signing-input'));
    const passport = await verifyPassport(json('passport'), { anchors, now });
    expect(passport).toMatchObject({ standing: 'anchored', staticLevel: 2, digest: text('passport-digest') });
    const issued = await verifyPassport(json('issued'), { anchors, now });
    expect(issued.chain.map(({ passport: issuer }) => issuer)).toEqual([json('issuer')]);
  });

  it('F.7 binds both sides of a handshake to one transcript', async () => {
    const request = await verified('initialize');
    const result = await verified('initialize-result', 'server');
    const initialized = await verified('initialized');
    const slot = member(result.message, 'result', '_meta');
    expect(member(slot, 'dev.mcps/re')).toBe(await replyDigest(request));

    const client = member(request.message, 'params') as JsonObject;
    const server = {
      ...(member(result.message, 'result') as JsonObject),
      _meta: without(slot, 'dev.mcps/binding'),
    };
    expect(text('transcript-input')).toBe(`mcps/1.0:transcript␀${canonicalize({ client, server })}`);
    expect(await hash('transcript-input')).toBe(text('transcript-hash'));
    expect(await transcriptHash(client, server)).toBe(text('transcript-hash'));
    const bindings = {
      server: member(slot, 'dev.mcps/binding') as Binding,
      client: member(initialized.message, 'params', '_meta', 'dev.mcps/binding') as Binding,
    };
    for (const [role, key] of [
      ['server', 'server'],
      ['client', 'agent'],
    ] as const) {
      const session = { role, transcript_hash: text('transcript-hash') };
      expect(text(`${role}-binding-input`)).toBe(`mcps/1.0:transcript-binding␀${canonicalize(session)}`);
      await verifySessionBinding(bindings[role], { role, transcriptHash: session.transcript_hash }, await keyOf(key));
    }
    const { members } = takeProfile(initialized.message, initialized.kind);
    expect(members.context).toMatchObject({ session: text('transcript-hash'), seq: 0 });
    expect(delivered(initialized)).toEqual({ jsonrpc: '2.0', method: 'notifications/initialized' });
  });

  it('F.8 has a tool whose signature covers all of it', async () => {
    const server = await keyOf('server');
    const { toolHash } = await verifyTool(json('tool'), () => server);
    expect(await hash('tool-canonical')).toBe(toolHash);
    expect(JSON.parse(text('tool-canonical'))).toEqual(without(json('tool'), '_meta'));
    const statement = without(member(json('tool'), '_meta', 'dev.mcps/signature'), 'signature');
    expect(text('tool-signing-input')).toBe(`mcps/1.0:tool␀${canonicalize(statement)}`);
  });

  it('F.9 has a status list', async () => {
    await verifyStatusList(json('status-list'), { anchors: await anchorsOf(ANCHORS), now });
    const content = without(json('status-list'), 'signature');
    expect(text('status-list-signing-input')).toBe(`mcps/1.0:status-list␀${canonicalize(content)}`);
  });

  it('F.10 has a refusal that is bound to the message it refuses', async () => {
    const refusal = await verified('refusal', 'server');
    const { message, members } = takeProfile(refusal.message, refusal.kind);
    expect(readRefusal(member(message, 'error'))).toEqual({ code: 'MCPS-004', reason: 'signature_invalid' });
    const opened = openEnvelope(json('wire'));
    if (opened.carrier === 'none') throw new Error('The example has lost its envelope');
    expect(members.re).toBe(await replyDigest(opened));
    expect(classifyMessage(message).kind).toBe('error');
  });

  it('F.11 has a request without a body, in the session of F.7', async () => {
    const [line = '', ...headers] = text('bodiless-request').split('\n');
    const [verb = '', target = ''] = line.split(' ');
    const values = new Map(headers.map((header) => header.split(': ') as [string, string]));
    const claims = {
      verb,
      target,
      httpSession: values.get('Mcp-Session-Id'),
      lastEventId: values.get('Last-Event-ID'),
      audience: String(
        member(json('initialize-result'), 'result', '_meta', 'dev.mcps/passport', 'passport', 'passport_id'),
      ),
      session: text('transcript-hash'),
    };
    const envelope = readSessionHeader(text('session-header'));
    expect(decodeUtf8(decodeBase64Url(text('session-header')))).toBe(text('session-header-envelope'));
    expect(await verifySessionHeader(envelope, claims, { publicKey: await keyOf('agent') })).toMatchObject({ claims });
    const { passportId, nonce, timestamp } = envelope;
    const signed = {
      audience: claims.audience,
      http_session: claims.httpSession,
      last_event_id: claims.lastEventId,
      nonce,
      passport_id: passportId,
      session: claims.session,
      target,
      timestamp,
      verb,
    };
    expect(text('session-header-input')).toBe(`mcps/1.0:session-header␀${canonicalize(signed)}`);
  });

  it('are all looked at', () => {
    expect([...BLOCKS.keys()].filter((name) => !used.has(name))).toEqual([]);
  });
});
