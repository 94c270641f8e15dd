import { importPublicKey } from '@mcps/crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ENVELOPE_KEY, attachCarrier, detachCarrier } from '../../src/carrier/index.js';
import type { Carrier } from '../../src/carrier/index.js';
import {
  checkSignable,
  openEnvelope,
  replyDigest,
  signMessage,
  verifyEnvelope,
  verifyMessageWithKey,
} from '../../src/envelope/index.js';
import type { UnverifiedMessage } from '../../src/envelope/index.js';
import type { JsonObject } from '../../src/json-rpc/index.js';
import { addProfile, takeProfile } from '../../src/profile/index.js';
import { isVerified } from '../../src/verified/index.js';
import { anyMessage, deepFreeze, parsed, textOf } from '../support/messages.js';
import { rejectionOf } from '../support/refusal.js';
import { NOW, PASSPORT_ID, clock, highS, twoKeyPairs } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';
import independent from './fixtures/independent-signer.json' with { type: 'json' };

let ours: KeyPair;
let theirs: KeyPair;
beforeAll(async () => {
  ({ ours, theirs } = await twoKeyPairs());
});

const MESSAGE: JsonObject = deepFreeze({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'add', arguments: { a: 1, b: [true, null, 'x', { c: 0 }] } },
});

const sign = async (message: JsonObject, carrier: Carrier = 'meta', more: object = {}) =>
  signMessage(message, { passportId: PASSPORT_ID, key: ours.privateKey, clock, carrier, ...more });

const verify = (received: unknown, more: object = {}) =>
  verifyMessageWithKey(received, ours.publicKey, { clock, ...more });

const CARRIERS: readonly Carrier[] = ['meta', 'top-level'];

/** Applies a change to the envelope of a message in the published form. */
async function withEnvelope(change: Record<string, unknown>): Promise<JsonObject> {
  const { message } = await sign(MESSAGE, 'top-level');
  return { ...message, mcps: { ...(message['mcps'] as object), ...change } };
}

const signable = anyMessage.filter(({ message }) => {
  try {
    checkSignable(message);
    return true;
  } catch {
    return false;
  }
});

describe('verifyMessageWithKey', () => {
  it('returns exactly what was signed, for every message and carrier', async () => {
    await fc.assert(
      fc.asyncProperty(signable, fc.constantFrom(...CARRIERS), async ({ kind, message }, carrier) => {
        const signed = await sign(deepFreeze(message), carrier);
        const verified = await verify(deepFreeze(parsed(signed.message)));
        expect(textOf(verified.message)).toBe(textOf(message));
        expect(verified).toMatchObject({ kind, carrier, timestampMs: NOW });
        expect(verified).toMatchObject({
          envelope: signed.envelope,
          messageHash: signed.messageHash,
        });
        const digest = await replyDigest(signed);
        expect(await replyDigest(verified)).toBe(digest);
        expect(await replyDigest(openEnvelope(signed.message) as UnverifiedMessage)).toBe(digest);
        expect(isVerified(verified, 'message')).toBe(true);
        expect(Object.isFrozen(verified)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('carries signed members that come off without a trace', async () => {
    const re = 'ab'.repeat(32);
    await fc.assert(
      fc.asyncProperty(signable, fc.constantFrom(...CARRIERS), async ({ kind, message }, carrier) => {
        const { message: sent } = await sign(addProfile(message, kind, { re }), carrier);
        const verified = await verify(parsed(sent));
        const taken = takeProfile(verified.message, kind);
        expect(taken.members).toEqual({ re });
        expect(textOf(taken.message)).toBe(textOf(message));
      }),
      { numRuns: 100 },
    );
  });

  it('is untouched by the order of members, by a move to the other carrier, and by unknown members of the envelope', async () => {
    const { message: sent } = await sign(MESSAGE, 'meta');
    const detached = detachCarrier(sent, 'request');
    if (detached.carrier === 'none') throw new Error('no carrier');
    const moved = attachCarrier(detached.message, { later: { x: 1 }, ...detached.wireEnvelope }, 'top-level');
    const reordered = JSON.parse(JSON.stringify(moved), (_name, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    ) as JsonObject;
    const verified = await verify(reordered);
    expect(verified.message).toEqual(MESSAGE);
    expect(verified.envelope.unknown).toEqual({ later: { x: 1 } });
  });

  it('refuses any change to the message', async () => {
    // Fails where verifyEnvelope takes any signature for valid.
    await fc.assert(
      fc.asyncProperty(
        signable,
        fc.constantFrom(...CARRIERS),
        fc.nat(),
        fc.nat(3),
        async ({ kind, message }, carrier, seed, how) => {
          const { message: sent } = await sign(message, carrier);
          const changed = changeOne(parsed(sent) as JsonObject, seed, how);
          if (changed === undefined) return;
          const reason = await rejectionOf(verify(changed));
          expect(reason).toBeDefined();
          expect(kind).toBeDefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(['nonce', 'timestamp', 'passport_id', 'signature'])('refuses another %s in the envelope', async (name) => {
    const other = await sign(MESSAGE, 'top-level', { passportId: `asp_${'e'.repeat(32)}`, clock: () => NOW + 1 });
    const value = (other.message['mcps'] as Record<string, unknown>)[name];
    expect(await rejectionOf(verify(await withEnvelope({ [name]: value })))).toBe('signature_invalid');
  });

  it('refuses another key', async () => {
    const { message: sent } = await sign(MESSAGE);
    expect(await rejectionOf(verifyMessageWithKey(sent, theirs.publicKey, { clock }))).toBe('signature_invalid');
  });

  it('refuses an unsigned message', async () => {
    expect(await rejectionOf(verify(MESSAGE))).toBe('envelope_missing');
  });

  it('needs the same channel binding on both sides, or none', async () => {
    const bound = (await sign(MESSAGE, 'meta', { channelBinding: 'a' })).message;
    const unbound = (await sign(MESSAGE, 'meta')).message;
    expect((await verify(bound, { channelBinding: 'a' })).message).toEqual(MESSAGE);
    expect(await rejectionOf(verify(bound, { channelBinding: 'b' }))).toBe('signature_invalid');
    // Fails where the verifier leaves its binding out of the signing input.
    expect(await rejectionOf(verify(bound))).toBe('signature_invalid');
    expect(await rejectionOf(verify(unbound, { channelBinding: 'a' }))).toBe('signature_invalid');
    await expect(verify(unbound, { channelBinding: '' })).rejects.toMatchObject({ code: 'option_invalid' });
  });

  it('accepts both forms of s, unless it is asked to be strict', async () => {
    const { envelope } = await sign(MESSAGE, 'top-level');
    const received = { ...MESSAGE, mcps: { ...wireOf(envelope), signature: highS(envelope.signature) } };
    expect((await verify(received)).message).toEqual(MESSAGE);
    expect(await rejectionOf(verify(received, { requireLowS: true }))).toBe('signature_high_s');
    const low = { ...MESSAGE, mcps: wireOf(envelope) };
    expect((await verify(low, { requireLowS: true })).message).toEqual(MESSAGE);
  });

  it('refuses a signature that is malformed', async () => {
    const { envelope } = await sign(MESSAGE, 'top-level');
    const { signature } = envelope;
    const order = '/////wAAAAD//////////7zm+q2nF56E87nKwvxjJVE=';
    const malformed = [
      '',
      'A',
      '!'.repeat(88),
      signature.slice(0, -2),
      `${signature}=`,
      `${signature}\n`,
      ` ${signature}`,
      signature.replace(/=+$/, ''),
      `${'-_'.repeat(42)}AA==`,
      `${'A'.repeat(84)}AB==`,
      'A'.repeat(84),
      `${'A'.repeat(86)}==`,
      base64('00'.repeat(32) + '01'.padStart(64, '0')),
      base64('01'.padStart(64, '0') + '00'.repeat(32)),
      base64(hex(order) + '01'.padStart(64, '0')),
      base64('01'.padStart(64, '0') + hex(order)),
      base64('ff'.repeat(64)),
      base64('30'.repeat(70)),
    ];
    for (const text of malformed) {
      expect([text, await rejectionOf(verify(await withEnvelope({ signature: text })))]).toEqual([
        text,
        'signature_malformed',
      ]);
    }
  });

  it('names the first fault of several: shape, time, signature form, signature', async () => {
    const old = { timestamp: '2020-01-01T00:00:00Z' };
    const future = { timestamp: '2030-01-01T00:00:00Z' };
    const rows: [string, Record<string, unknown>][] = [
      ['envelope_malformed', { ...old, nonce: '', signature: '' }],
      ['version_unsupported', { ...old, version: '2.0', signature: '' }],
      ['timestamp_malformed', { timestamp: 'now', signature: '' }],
      ['timestamp_too_old', { ...old, signature: '' }],
      ['timestamp_in_future', { ...future, signature: '' }],
      ['signature_malformed', { nonce: '00'.repeat(16), signature: '' }],
      ['signature_invalid', { nonce: '00'.repeat(16) }],
    ];
    for (const [reason, change] of rows) {
      expect(await rejectionOf(verify(await withEnvelope(change)))).toBe(reason);
    }
  });

  it('holds the time to its window', async () => {
    const { message: sent } = await sign(MESSAGE);
    const at = (ms: number, more: object = {}) => verify(sent, { clock: () => NOW + ms, ...more });
    expect((await at(300_000)).timestampMs).toBe(NOW);
    // Fails without checkFreshness in verifyMessageWithKey.
    expect(await rejectionOf(at(300_001))).toBe('timestamp_too_old');
    expect(await rejectionOf(at(2, { windowMs: 1 }))).toBe('timestamp_too_old');
    expect((await at(-60_000)).timestampMs).toBe(NOW);
    expect(await rejectionOf(at(-60_001))).toBe('timestamp_in_future');
    expect((await at(-90_000, { futureToleranceMs: 90_000 })).timestampMs).toBe(NOW);
  });

  it('checks no repetition', async () => {
    const { message: sent } = await sign(MESSAGE);
    expect(await replyDigest(await verify(sent))).toBe(await replyDigest(await verify(sent)));
  });
});

describe('what is delivered is what was verified', () => {
  it.each(CARRIERS)('whatever is done to the received object meanwhile (%s)', async (carrier) => {
    // Fails where verification goes on with the received object instead of a copy.
    const { message: sent } = await sign(MESSAGE, carrier);
    const received = structuredClone(sent) as { params: { name: string; arguments: Record<string, unknown> } };
    const pending = verify(received);
    received.params.name = 'remove';
    received.params.arguments['b'] = [];
    const { message } = await pending;
    received.params.name = 'other';
    expect(message).toEqual(MESSAGE);
  });

  it('also where two values share their canonical form', async () => {
    const { message: sent } = await sign({ method: 'n', params: { a: 0 } }, 'top-level');
    const verified = await verify({ ...sent, params: { a: -0 } });
    // Fails where the copy keeps -0: RFC 8785 signs it as 0, and a division tells them apart.
    expect(Object.is((verified.message['params'] as { a: number }).a, 0)).toBe(true);
  });

  it('reads a getter once', async () => {
    const { message: sent } = await sign({ method: 'n', params: { a: 'signed' } }, 'top-level');
    let reads = 0;
    const params = {
      get a() {
        reads += 1;
        return reads === 1 ? 'signed' : 'other';
      },
    };
    expect((await verify({ ...sent, params })).message).toEqual({ method: 'n', params: { a: 'signed' } });
  });

  it('keeps an own __proto__ as the data it is', async () => {
    const message = JSON.parse('{"method":"n","params":{"a":{"__proto__":{"admin":true}}}}') as JsonObject;
    const { message: sent } = await sign(message);
    const delivered = (await verify(parsed(sent))).message;
    expect(textOf(delivered)).toBe(textOf(message));
    expect(((delivered['params'] as JsonObject)['a'] as JsonObject)['admin']).toBeUndefined();
  });

  it('comes from an opened envelope and from nothing that looks like one', async () => {
    const opened = openEnvelope((await sign(MESSAGE)).message) as UnverifiedMessage;
    const forged = Object.assign({}, opened, {
      message: { ...MESSAGE, method: 'other' },
    }) as unknown as UnverifiedMessage;
    // Fails where the canonical form is a plain member, which a forgery can copy.
    await expect(verifyEnvelope(forged, ours.publicKey)).rejects.toThrow(TypeError);
    expect((await verifyEnvelope(opened, ours.publicKey)).message).toEqual(MESSAGE);
  });
});

describe('verifyEnvelope', () => {
  it('looks at the signature, and at no clock', async () => {
    const { message: sent } = await sign(MESSAGE, 'meta', { clock: () => 0 });
    const opened = openEnvelope(sent) as UnverifiedMessage;
    expect((await verifyEnvelope(opened, ours.publicKey)).timestampMs).toBe(0);
    expect(await rejectionOf(verifyEnvelope(opened, theirs.publicKey))).toBe('signature_invalid');
  });

  it('refuses what is no timestamp all the same', async () => {
    const opened = openEnvelope(await withEnvelope({ timestamp: 'now' })) as UnverifiedMessage;
    expect(await rejectionOf(verifyEnvelope(opened, ours.publicKey))).toBe('timestamp_malformed');
  });
});

describe('replyDigest', () => {
  it('is the digest of the request, for one that is not verified too', async () => {
    const signed = await sign(MESSAGE);
    const digest = await replyDigest(signed);
    expect(await replyDigest(openEnvelope(signed.message) as UnverifiedMessage)).toBe(digest);
    for (const change of [{ signature: 'none' }, { nonce: '00'.repeat(16) }, { timestamp: 'now €' }]) {
      const other = await replyDigest(openEnvelope(await withEnvelope(change)) as UnverifiedMessage);
      expect(other).toMatch(/^[0-9a-f]{64}$/);
      expect(other).not.toBe(digest);
    }
  });
});

describe('messages of an independent signer', () => {
  it.each(independent.cases)('verify: $name', async ({ received, channelBinding }) => {
    const publicKey = await importPublicKey(independent.publicKey);
    const signedAt = () => Date.parse('2026-01-02T03:04:06Z');
    const more = channelBinding === undefined ? {} : { channelBinding };
    const verified = await verifyMessageWithKey(received, publicKey, { clock: signedAt, ...more });
    const { mcps: _envelope, ...message } = received;
    expect(verified.message).toEqual(message);
    expect(
      await rejectionOf(verifyMessageWithKey({ ...received, id: 99 }, publicKey, { clock: signedAt, ...more })),
    ).toBe('signature_invalid');
  });
});

describe('a signed message in which the record of its carrier is forged', () => {
  it('is refused', async () => {
    const rows: [JsonObject, string[][]][] = [
      [{ id: 1, method: 'm' }, [[], ['_meta']]],
      [{ id: 1, method: 'm', params: {} }, [[], ['params', '_meta']]],
      [{ id: 1, method: 'm', params: { _meta: {} } }, [['_meta'], ['params', '_meta']]],
      [{ id: 1, result: {} }, [[]]],
      [{ id: 1, result: { _meta: {} } }, [['_meta']]],
      [{ id: 1, error: { code: 1, message: '' } }, [[], ['value']]],
      [{ id: 1, error: { code: 1, message: '', data: {} } }, [['data'], ['value']]],
      [{ id: 1, error: { code: 1, message: '', data: 'text' } }, [[], ['data']]],
    ];
    for (const [message, records] of rows) {
      const { message: sent } = await sign(message);
      expect((await verify(sent)).message).toEqual(message);
      for (const created of records) {
        const forged = JSON.parse(JSON.stringify(sent), (name, value: object) => {
          if (name !== ENVELOPE_KEY) return value;
          const { created: _genuine, ...envelope } = value as { created?: unknown };
          return created.length === 0 ? envelope : { ...envelope, created };
        }) as JsonObject;
        expect(['signature_invalid', 'carrier_not_exact']).toContain(await rejectionOf(verify(forged)));
      }
    }
  });
});

function wireOf(envelope: { passportId: string; nonce: string; timestamp: string; signature: string }): JsonObject {
  const { passportId, nonce, timestamp, signature } = envelope;
  return { version: '1.0', passport_id: passportId, nonce, timestamp, signature };
}

function base64(digits: string): string {
  return btoa(String.fromCharCode(...(digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));
}

function hex(encoded: string): string {
  return Array.from(atob(encoded), (character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

/** Changes one value, name or element of a signed message outside its envelope; `undefined` where the choice leaves it the same. */
function changeOne(message: JsonObject, seed: number, how: number): JsonObject | undefined {
  const places: { holder: Record<string, unknown>; name: string }[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const name of Object.keys(value)) {
      if (name === ENVELOPE_KEY || name === 'mcps') continue;
      places.push({ holder: value as Record<string, unknown>, name });
      visit((value as Record<string, unknown>)[name]);
    }
  };
  visit(message);
  const place = places[seed % places.length];
  if (place === undefined) return undefined;
  const before = textOf(message);
  const { holder, name } = place;
  const set = (key: string, value: unknown) =>
    Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
  if (how === 0) set(name, holder[name] === 'changed' ? 'again' : 'changed');
  else if (how === 1) Reflect.deleteProperty(holder, name);
  else if (how === 2) set(Array.isArray(holder) ? String(holder.length) : `${name}x`, holder[name]);
  else set(name, [holder[name]]);
  return textOf(parsed(message)) === before ? undefined : (parsed(message) as JsonObject);
}
