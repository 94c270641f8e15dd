import {
  decodeBase64,
  encodeBase64,
  encodeUtf8,
  generateKeyPair,
  isLowS,
  p1363ToDer,
  sha256Hex,
  sign,
  verify,
} from '@mcps/crypto';
import type { Signer } from '@mcps/crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { ENVELOPE_KEY } from '../../src/carrier/index.js';
import { openEnvelope, replyDigest, signMessage, verifyMessageWithKey } from '../../src/envelope/index.js';
import { ConfigurationError } from '../../src/errors/index.js';
import type { JsonObject } from '../../src/json-rpc/index.js';
import { deepFreeze } from '../support/messages.js';
import { rejectionOf } from '../support/refusal.js';
import { NOW_TEXT, PASSPORT_ID, clock } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';

const NONCE = '00112233445566778899aabbccddeeff';
const MESSAGE: JsonObject = deepFreeze({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'add', arguments: { b: 2, a: 1 } },
});
const CANONICAL = '{"id":1,"jsonrpc":"2.0","method":"tools/call","params":{"arguments":{"a":1,"b":2},"name":"add"}}';

let keys: KeyPair;
beforeAll(async () => {
  keys = await generateKeyPair();
});

const options = () => ({ passportId: PASSPORT_ID, key: keys.privateKey, clock, nonce: NONCE });

describe('signMessage', () => {
  it('signs the published bytes and puts the published envelope on the message', async () => {
    const signedMessage = await signMessage(MESSAGE, options());
    const { message, envelope, messageHash } = signedMessage;
    expect(messageHash).toBe(await sha256Hex(encodeUtf8(CANONICAL)));
    expect(message).toEqual({
      ...MESSAGE,
      mcps: {
        version: '1.0',
        passport_id: PASSPORT_ID,
        timestamp: NOW_TEXT,
        nonce: NONCE,
        signature: envelope.signature,
      },
    });
    const claims = `"nonce":"${NONCE}","passport_id":"${PASSPORT_ID}"`;
    const signed = `{"message_hash":"${messageHash}",${claims},"timestamp":"${NOW_TEXT}"}`;
    const signature = decodeBase64(envelope.signature);
    expect(signature.length).toBe(64);
    expect(isLowS(signature)).toBe(true);
    expect(await verify(keys.publicKey, encodeUtf8(signed), signature)).toBe(true);
    const bound = `{"message_hash":"${messageHash}",${claims},"signature":"${envelope.signature}","timestamp":"${NOW_TEXT}"}`;
    expect(await replyDigest(signedMessage)).toBe(await sha256Hex(encodeUtf8(bound)));
  });

  it('signs a channel binding along', async () => {
    const { envelope, messageHash } = await signMessage(MESSAGE, { ...options(), channelBinding: 'tls "x"' });
    const signed =
      `{"channel_binding":"tls \\"x\\"","message_hash":"${messageHash}","nonce":"${NONCE}",` +
      `"passport_id":"${PASSPORT_ID}","timestamp":"${NOW_TEXT}"}`;
    expect(await verify(keys.publicKey, encodeUtf8(signed), decodeBase64(envelope.signature))).toBe(true);
  });

  it('signs the same bytes for either carrier', async () => {
    const top = await signMessage(MESSAGE, { ...options(), carrier: 'top-level' });
    const meta = await signMessage(MESSAGE, { ...options(), carrier: 'meta' });
    expect(meta.messageHash).toBe(top.messageHash);
    expect(meta.message['mcps']).toBeUndefined();
    expect(meta.message['params']).toMatchObject({ _meta: { [ENVELOPE_KEY]: { created: ['_meta'], nonce: NONCE } } });
  });

  it('takes the time from its clock and a new nonce for every message', async () => {
    const { nonce: _nonce, clock: _clock, ...rest } = options();
    const before = Date.now();
    const signed = await Promise.all(Array.from({ length: 50 }, () => signMessage(MESSAGE, rest)));
    const nonces = signed.map(({ envelope }) => envelope.nonce);
    expect(new Set(nonces).size).toBe(50);
    expect(nonces.every((nonce) => /^[0-9a-f]{32}$/.test(nonce))).toBe(true);
    for (const { envelope } of signed) {
      expect(envelope.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Date.parse(envelope.timestamp)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(envelope.timestamp)).toBeLessThanOrEqual(Date.now());
    }
  });

  it.each(['meta', 'top-level'] as const)(
    'sends what it signs, whatever is done to the arguments afterwards (%s)',
    async (carrier) => {
      // Fails where signMessage signs or sends the caller's objects instead of its copy.
      const message = { jsonrpc: '2.0', id: 1, method: 'm', params: { list: [1, { deep: 1 }], _meta: { a: {} } } };
      const mutable = { ...options(), carrier };
      const pending = signMessage(message, mutable);
      message.method = 'other';
      message.params.list.push(2);
      (message.params.list[1] as { deep: number }).deep = 2;
      (message.params._meta.a as Record<string, unknown>)['injected'] = true;
      mutable.passportId = `asp_${'f'.repeat(32)}`;
      mutable.nonce = 'f'.repeat(32);
      const { message: sent, envelope } = await pending;
      expect(envelope).toMatchObject({ passportId: PASSPORT_ID, nonce: NONCE });
      const { message: verified } = await verifyMessageWithKey(sent, keys.publicKey, { clock });
      expect(verified).toEqual({
        jsonrpc: '2.0',
        id: 1,
        method: 'm',
        params: { list: [1, { deep: 1 }], _meta: { a: {} } },
      });
    },
  );

  it('mutates nothing', async () => {
    const message = { id: 1, error: { code: 1, message: 'm', data: [null] } };
    const before = structuredClone(message);
    await signMessage(deepFreeze(message), { ...Object.freeze(options()), carrier: 'meta' });
    expect(message).toEqual(before);
  });

  it('drops members that are undefined', async () => {
    const { message, messageHash } = await signMessage(
      { jsonrpc: '2.0', method: 'm', id: undefined, params: { a: undefined } },
      options(),
    );
    expect(Object.keys(message)).toEqual(['jsonrpc', 'method', 'params', 'mcps']);
    expect(messageHash).toBe(await sha256Hex(encodeUtf8('{"jsonrpc":"2.0","method":"m","params":{}}')));
  });
});

describe('a signer in place of a key', () => {
  it.each(['p1363', 'der'] as const)('may answer in %s', async (format) => {
    const signer: Signer = {
      format,
      sign: async (data) => {
        const signature = await sign(keys.privateKey, data);
        return format === 'der' ? encodeBase64(p1363ToDer(signature)) : signature;
      },
    };
    const { message } = await signMessage(MESSAGE, { ...options(), key: signer });
    expect((await verifyMessageWithKey(message, keys.publicKey, { clock })).message).toEqual(MESSAGE);
  });

  it('has its own errors passed on', async () => {
    const fault = new Error('hardware unplugged');
    const signer: Signer = { format: 'p1363', sign: () => Promise.reject(fault) };
    await expect(signMessage(MESSAGE, { ...options(), key: signer })).rejects.toBe(fault);
  });
});

describe('what is not signed', () => {
  const request = (params: unknown): JsonObject => ({ jsonrpc: '2.0', id: 1, method: 'm', params });
  const own = (text: string) => JSON.parse(text) as JsonObject;

  it.each<[string, unknown]>([
    ['an array', [{ id: 1, method: 'm' }]],
    ['null', null],
    ['a text', 'text'],
  ])('%s is message_not_object', async (_name, message) => {
    expect(await rejectionOf(signMessage(message as JsonObject, options()))).toBe('message_not_object');
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;

  it.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['an infinity', -Infinity],
    ['a lone surrogate', '\ud800'],
    ['a member name with a lone surrogate', { '\udc00': 1 }],
    ['a function', () => 1],
    ['toJSON', { toJSON: () => 1 }],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['undefined in an array', [undefined]],
    ['a hole', Object.assign([], { length: 1 })],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a boxed number', Object(1)],
  ])('%s is message_not_canonical', async (_name, value) => {
    expect(await rejectionOf(signMessage(request({ value }), options()))).toBe('message_not_canonical');
  });

  it('a cycle is message_too_deep', async () => {
    expect(await rejectionOf(signMessage(request(cycle), options()))).toBe('message_too_deep');
  });

  it.each<[string, JsonObject]>([
    ['an envelope in the published place', { ...request({}), mcps: {} }],
    ['null in the published place', { ...request({}), mcps: null }],
    ['an envelope in the slot of params', request({ _meta: { [ENVELOPE_KEY]: null } })],
    ['an envelope in the slot of a result', { id: 1, result: { _meta: { [ENVELOPE_KEY]: {} } } }],
    ['an envelope in the slot of an error', { id: 1, error: { code: 1, message: '', data: { [ENVELOPE_KEY]: {} } } }],
  ])('%s is reserved_member, in either carrier', async (_name, message) => {
    // Fails without the check in checkSignable: attachCarrier refuses such a message too, but after it has been signed.
    let asked = 0;
    const key: Signer = {
      format: 'p1363',
      sign: (data) => {
        asked += 1;
        return sign(keys.privateKey, data);
      },
    };
    for (const carrier of ['meta', 'top-level'] as const) {
      expect(await rejectionOf(signMessage(message, { ...options(), key, carrier }))).toBe('reserved_member');
    }
    expect(asked).toBe(0);
  });

  const related = 'io.modelcontextprotocol/related-task';
  const serverInfo = 'io.modelcontextprotocol/serverInfo';
  it.each<[string, JsonObject]>([
    ['a null id of an error', { id: null, error: { code: 1, message: '' } }],
    ['a fractional id', { id: 1.5, method: 'm' }],
    ['an id beyond 2^53', { id: 2 ** 53, method: 'm' }],
    ['a fractional id of a result', { id: 0.1, result: {} }],
    ['another member of error', { id: 1, error: { code: 1, message: '', more: 1 } }],
    ['__proto__ in an error', { id: 1, error: own('{"code":1,"message":"","__proto__":1}') }],
    ['__proto__ in params', request(own('{"__proto__":1}'))],
    ['__proto__ in _meta', request({ _meta: own('{"__proto__":{}}') })],
    ['__proto__ in a result', { id: 1, result: own('{"__proto__":{}}') }],
    ['__proto__ in the _meta of a result', { id: 1, result: { _meta: own('{"__proto__":{}}') } }],
    ['a fractional progress token', request({ _meta: { progressToken: 0.5 } })],
    ['a progress token beyond 2^53', request({ _meta: { progressToken: 2 ** 53 } })],
    ['another member of related-task', request({ _meta: { [related]: { taskId: 'a', more: 1 } } })],
    ['another member of related-task in a result', { id: 1, result: { _meta: { [related]: { more: 1 } } } }],
    ['another member of serverInfo', { id: 1, result: { _meta: { [serverInfo]: { name: 'a', more: 1 } } } }],
  ])('%s is message_not_signable', async (_name, message) => {
    expect(await rejectionOf(signMessage(message, options()))).toBe('message_not_signable');
  });

  it.each<[string, JsonObject]>([
    ['__proto__ deeper down', request({ arguments: own('{"__proto__":{"a":1}}') })],
    ['__proto__ in the data of an error', { id: 1, error: { code: 1, message: '', data: own('{"__proto__":1}') } }],
    ['a progress token that is a text or a number', request({ _meta: { progressToken: 0 } })],
    ['a known member of related-task', request({ _meta: { [related]: { taskId: 'a' } } })],
    [
      'known members of serverInfo',
      { id: 1, result: { _meta: { [serverInfo]: { name: 'a', version: '1', icons: [] } } } },
    ],
    ['an error without id', { error: { code: 1, message: '' } }],
    ['other names', request({ mcps: null, _meta: { mcps: null, 'dev.mcps/other': 1 } })],
  ])('but %s is', async (_name, message) => {
    const { message: sent } = await signMessage(message, { ...options(), carrier: 'meta' });
    expect((await verifyMessageWithKey(sent, keys.publicKey, { clock })).message).toEqual(message);
  });

  it.each<[string, object]>([
    ['a passport id of another form', { passportId: 'agent' }],
    ['a passport id in upper case', { passportId: PASSPORT_ID.toUpperCase() }],
    ['a short nonce', { nonce: 'ab' }],
    ['an empty channel binding', { channelBinding: '' }],
    ['a channel binding that is no text', { channelBinding: 1 }],
    ['a channel binding without UTF-8 form', { channelBinding: '\ud800' }],
  ])('with %s is a mistake of the caller', async (_name, wrong) => {
    await expect(signMessage(MESSAGE, { ...options(), ...wrong })).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'option_invalid',
    });
  });

  it('with a clock outside four digits of year is a mistake of the caller', async () => {
    await expect(signMessage(MESSAGE, { ...options(), clock: () => Number.NaN })).rejects.toThrow(RangeError);
  });

  it('with any passport id only where that is asked for, on both sides', async () => {
    const loose = { acceptAnyPassportId: true };
    const { message } = await signMessage(MESSAGE, { ...options(), ...loose, passportId: 'agent one' });
    expect(await rejectionOf(verifyMessageWithKey(message, keys.publicKey, { clock }))).toBe('envelope_malformed');
    expect((await verifyMessageWithKey(message, keys.publicKey, { clock, ...loose })).envelope.passportId).toBe(
      'agent one',
    );
    await expect(signMessage(MESSAGE, { ...options(), ...loose, passportId: '' })).rejects.toThrow(ConfigurationError);
  });

  it('says nothing of the message or the key in its errors', async () => {
    const secret = 'hunter2';
    const failing = [
      signMessage({ ...request({ secret, bad: Number.NaN }) }, options()),
      signMessage({ ...request({ secret }), id: 1.5 }, options()),
      signMessage({ ...request({}), id: 1 }, { ...options(), passportId: secret }),
    ];
    for (const outcome of await Promise.allSettled(failing)) {
      expect(outcome.status).toBe('rejected');
      if (outcome.status === 'rejected') {
        const error = outcome.reason as Error;
        expect(`${String(error)} ${String(error.cause)} ${JSON.stringify(error)}`).not.toContain(secret);
      }
    }
  });
});

it('signs as deep as a receiver looks, and no deeper', async () => {
  const nested = (depth: number): JsonObject => {
    let value: unknown = 'x';
    for (let level = 1; level < depth; level += 1) value = [value];
    return { method: 'n', params: { value: (value as unknown[])[0] } };
  };
  const deepest = nested(64);
  for (const carrier of ['meta', 'top-level'] as const) {
    const { message } = await signMessage(deepest, { ...options(), carrier });
    expect((await verifyMessageWithKey(message, keys.publicKey, { clock })).message).toEqual(deepest);
  }
  expect(await rejectionOf(signMessage(nested(65), options()))).toBe('message_too_deep');
});

it('opens what it signs', async () => {
  const { message, envelope } = await signMessage(MESSAGE, { ...options(), carrier: 'meta' });
  expect(openEnvelope(message)).toMatchObject({ carrier: 'meta', kind: 'request', envelope, message: MESSAGE });
});
