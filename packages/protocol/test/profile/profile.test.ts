import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENVELOPE_KEY, VALUE_KEY, attachCarrier, detachCarrier } from '../../src/carrier/index.js';
import type { Carrier } from '../../src/carrier/index.js';
import { ConfigurationError } from '../../src/errors/index.js';
import type { JsonObject } from '../../src/json-rpc/index.js';
import {
  PROFILE_CREATED_KEY,
  PROFILE_KEYS,
  addProfile,
  hasReservedMember,
  isReservedMember,
  takeProfile,
} from '../../src/profile/index.js';
import type { ProfileMembers } from '../../src/profile/index.js';
import { anyMessage, deepFreeze, parsed, textOf } from '../support/messages.js';
import { reasonOf } from '../support/refusal.js';

const HEX = 'ab'.repeat(32);
const NONCE = 'cd'.repeat(16);
const RANDOM = 'A'.repeat(43);

const MEMBERS: Required<ProfileMembers> = deepFreeze({
  hello: { random: RANDOM, versions: ['1.0'], features: ['a'] },
  binding: { transcript_hash: HEX, transcript_signature: 'c2ln' },
  passport: { passport: { passport_id: 'asp_' }, staple: { status: 'good' } },
  re: HEX,
  context: { audience: 'https://a.example/mcp', direction: 'client', session: HEX, seq: 0 },
  retryOf: NONCE,
});

const NAMES = Object.keys(PROFILE_KEYS) as (keyof ProfileMembers)[];

const someMembers = fc
  .subarray(NAMES, { minLength: 1 })
  .map((names): ProfileMembers => Object.fromEntries(names.map((name) => [name, MEMBERS[name]])));

const clean = anyMessage.filter(({ kind, message }) => !hasReservedMember(message, kind));

describe('adding and taking', () => {
  it('gives back exactly the message and the members, for every message, without touching either', () => {
    fc.assert(
      fc.property(clean, someMembers, ({ kind, message }, members) => {
        const before = textOf(message);
        const signed = addProfile(deepFreeze(message), kind, members);
        const taken = takeProfile(deepFreeze(parsed(signed) as JsonObject), kind);
        expect(textOf(taken.message)).toBe(before);
        expect(textOf(taken.members)).toBe(textOf(members));
        expect(textOf(taken.signed)).toBe(textOf(signed));
      }),
      { numRuns: 1000 },
    );
  });

  it('does so through either carrier, whose record then has nothing to say', () => {
    const envelope: JsonObject = { version: '1.0' };
    fc.assert(
      fc.property(
        clean,
        someMembers,
        fc.constantFrom<Carrier>('meta', 'top-level'),
        ({ kind, message }, members, carrier) => {
          const signed = addProfile(message, kind, members);
          const received = parsed(attachCarrier(signed, envelope, carrier)) as JsonObject;
          const detached = detachCarrier(received, kind);
          expect(textOf(detached)).toBe(textOf({ carrier, wireEnvelope: envelope, message: signed }));
          expect(textOf(takeProfile(detached.message, kind).message)).toBe(textOf(message));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('leaves a message alone when there is nothing to add or to take', () => {
    fc.assert(
      fc.property(clean, ({ kind, message }) => {
        expect(addProfile(message, kind, {})).toBe(message);
        expect(takeProfile(message, kind)).toEqual({ message, members: {}, signed: message });
      }),
    );
  });

  it('records inside the signed slot what it had to make', () => {
    const re = { [PROFILE_KEYS.re]: HEX };
    const made = (created: string[]) => ({ ...re, [PROFILE_CREATED_KEY]: created });
    expect(addProfile({ id: 1, method: 'm' }, 'request', { re: HEX })).toEqual({
      id: 1,
      method: 'm',
      params: { _meta: made(['params', '_meta']) },
    });
    expect(addProfile({ method: 'n', params: {} }, 'notification', { re: HEX })).toEqual({
      method: 'n',
      params: { _meta: made(['_meta']) },
    });
    expect(addProfile({ id: 1, result: { _meta: {} } }, 'result', { re: HEX })).toEqual({
      id: 1,
      result: { _meta: re },
    });
    expect(addProfile({ id: 1, error: {} }, 'error', { re: HEX })).toEqual({ id: 1, error: { data: made(['data']) } });
    expect(addProfile({ id: 1, error: { data: 'text' } }, 'error', { re: HEX })).toEqual({
      id: 1,
      error: { data: { ...made(['value']), [VALUE_KEY]: 'text' } },
    });
    expect(addProfile({ id: 1, error: { data: {} } }, 'error', { re: HEX })).toEqual({ id: 1, error: { data: re } });
  });
});

describe('names that belong to MCPS', () => {
  const names = [...Object.values(PROFILE_KEYS), PROFILE_CREATED_KEY, ENVELOPE_KEY, VALUE_KEY];

  it.each(names)('%s from the application is refused, whatever it holds', (name) => {
    expect(isReservedMember(name)).toBe(true);
    for (const value of [null, false, '', [], {}, HEX]) {
      const slot = { other: 1, [name]: value };
      // Fails without the check in addProfile: the application's member would be signed as if it were ours.
      expect(reasonOf(() => addProfile({ id: 1, method: 'm', params: { _meta: slot } }, 'request', {}))).toBe(
        'reserved_member',
      );
      expect(reasonOf(() => addProfile({ id: 1, result: { _meta: slot } }, 'result', { re: HEX }))).toBe(
        'reserved_member',
      );
      expect(reasonOf(() => addProfile({ id: 1, error: { data: slot } }, 'error', { re: HEX }))).toBe(
        'reserved_member',
      );
    }
  });

  it('so is the published carrier', () => {
    expect(reasonOf(() => addProfile({ id: 1, method: 'm', mcps: null }, 'request', {}))).toBe('reserved_member');
  });

  it('are anybody’s elsewhere', () => {
    const slot = Object.fromEntries(names.map((name) => [name, null]));
    for (const message of [
      { id: 1, method: 'm', params: slot },
      { id: 1, method: 'm', params: { arguments: { _meta: slot }, _meta: { inner: slot } } },
      { id: 1, method: 'm', _meta: slot },
    ]) {
      expect(hasReservedMember(message, 'request')).toBe(false);
    }
    expect(isReservedMember('dev.mcps/other')).toBe(false);
    expect(isReservedMember('constructor')).toBe(false);
  });
});

describe('a malformed profile', () => {
  const request = (slot: object): JsonObject => ({ id: 1, method: 'm', params: { _meta: slot } });
  const malformed = (slot: object) => {
    expect(reasonOf(() => takeProfile(request(slot), 'request'))).toBe('profile_malformed');
  };

  const { hello, binding, passport, context } = MEMBERS;
  const { session: _session, seq: _seq, ...bare } = context;
  const shapes: readonly [keyof ProfileMembers, unknown[], unknown[]][] = [
    [
      'hello',
      [
        hello,
        { random: RANDOM, versions: ['1.0', '2.0'] },
        { random: `${'_-'.repeat(21)}A`, versions: ['1.0'], features: [] },
      ],
      [
        null,
        'text',
        [],
        {},
        { random: RANDOM },
        { versions: ['1.0'] },
        { ...hello, extra: 1 },
        JSON.parse(`{"random":"${RANDOM}","versions":["1.0"],"__proto__":1}`),
        { ...hello, random: 1 },
        { ...hello, random: '' },
        { ...hello, random: 'A'.repeat(42) },
        { ...hello, random: 'A'.repeat(44) },
        { ...hello, random: `${'A'.repeat(42)}B` },
        { ...hello, random: `${'A'.repeat(42)}+` },
        { ...hello, random: `${'A'.repeat(43)}=` },
        { ...hello, versions: [] },
        { ...hello, versions: '1.0' },
        { ...hello, versions: [1] },
        { ...hello, versions: [''] },
        { ...hello, versions: ['1'.repeat(33)] },
        { ...hello, versions: Array(33).fill('1.0') },
        { ...hello, features: null },
        { ...hello, features: [null] },
        { ...hello, features: ['f'.repeat(65)] },
        { ...hello, features: Array(33).fill('f') },
      ],
    ],
    [
      'binding',
      [binding],
      [
        null,
        [],
        {},
        HEX,
        { ...binding, extra: 1 },
        { transcript_hash: HEX },
        { transcript_signature: 'c2ln' },
        { ...binding, transcript_hash: HEX.toUpperCase() },
        { ...binding, transcript_hash: HEX.slice(1) },
        { ...binding, transcript_hash: `${HEX}\n` },
        { ...binding, transcript_signature: '' },
        { ...binding, transcript_signature: 1 },
        { ...binding, transcript_signature: 'A'.repeat(129) },
      ],
    ],
    [
      'passport',
      [passport, { passport: {} }],
      [
        null,
        [],
        {},
        'text',
        { passport: null },
        { passport: 'text' },
        { passport: [] },
        { staple: {} },
        { ...passport, staple: null },
        { ...passport, staple: 'text' },
        { ...passport, extra: 1 },
      ],
    ],
    ['re', [HEX], [null, 1, '', {}, [HEX], HEX.toUpperCase(), HEX.slice(2), `${HEX}0`, ` ${HEX}`, `${HEX}\n`]],
    [
      'context',
      [context, bare, { ...context, seq: Number.MAX_SAFE_INTEGER }, { ...context, direction: 'server' }],
      [
        null,
        [],
        {},
        'client',
        { direction: 'client' },
        { audience: 'a' },
        { ...context, extra: 1 },
        { ...context, audience: '' },
        { ...context, audience: 1 },
        { ...context, audience: 'a'.repeat(2049) },
        { ...context, direction: 'both' },
        { ...context, direction: 'Client' },
        { ...bare, session: HEX },
        { ...bare, seq: 1 },
        { ...context, session: HEX.slice(1) },
        { ...context, session: null },
        { ...context, seq: -1 },
        { ...context, seq: 1.5 },
        { ...context, seq: 2 ** 53 },
        { ...context, seq: '1' },
        { ...context, seq: null },
      ],
    ],
    ['retryOf', [NONCE], [null, 1, {}, '', NONCE.toUpperCase(), NONCE.slice(1), `${NONCE}0`, HEX]],
  ];

  it.each(shapes)('%s has exactly its members and types', (name, accepted, refused) => {
    for (const value of accepted) {
      const taken = takeProfile(request({ [PROFILE_KEYS[name]]: value }), 'request');
      expect(taken.members).toEqual({ [name]: value });
    }
    for (const value of refused) malformed({ [PROFILE_KEYS[name]]: value });
  });

  it.each(shapes)('%s is not sent with another shape either', (name, _accepted, refused) => {
    for (const value of refused) {
      const members = { [name]: value } as ProfileMembers;
      expect(() => addProfile({ id: 1, method: 'm' }, 'request', members)).toThrow(ConfigurationError);
    }
  });

  it('is a record that stands without any member', () => {
    malformed({ [PROFILE_CREATED_KEY]: ['params', '_meta'] });
    malformed({ [PROFILE_CREATED_KEY]: ['_meta'], other: 1 });
  });

  it('is a record outside the closed list of its kind', () => {
    for (const created of [[], null, 'params', ['params'], ['_meta', 'params'], ['data'], ['value'], {}]) {
      malformed({ [PROFILE_KEYS.re]: HEX, [PROFILE_CREATED_KEY]: created });
    }
  });

  it('is a record that is not true of the message', () => {
    const re = { [PROFILE_KEYS.re]: HEX };
    // Fails without the emptiness checks in restoreSlot: what an application did send would be dropped before delivery.
    malformed({ ...re, [PROFILE_CREATED_KEY]: ['_meta'], other: 1 });
    malformed({ ...re, [PROFILE_CREATED_KEY]: ['params', '_meta'], other: 1 });
    const beside = {
      id: 1,
      method: 'm',
      params: { a: 1, _meta: { ...re, [PROFILE_CREATED_KEY]: ['params', '_meta'] } },
    };
    expect(reasonOf(() => takeProfile(beside, 'request'))).toBe('profile_malformed');
    for (const data of [
      { ...re, [PROFILE_CREATED_KEY]: ['data'], other: 1 },
      { ...re, [PROFILE_CREATED_KEY]: ['value'] },
      { ...re, [PROFILE_CREATED_KEY]: ['value'], [VALUE_KEY]: {} },
      { ...re, [PROFILE_CREATED_KEY]: ['value'], [VALUE_KEY]: 1, other: 1 },
    ]) {
      expect(reasonOf(() => takeProfile({ id: 1, error: { data } }, 'error'))).toBe('profile_malformed');
    }
  });

  it('is the name of the carrier or of the wrapper where neither is accounted for', () => {
    malformed({ [ENVELOPE_KEY]: {} });
    malformed({ [PROFILE_KEYS.re]: HEX, [ENVELOPE_KEY]: null });
    malformed({ [VALUE_KEY]: 1 });
    malformed({ [PROFILE_KEYS.re]: HEX, [VALUE_KEY]: 1 });
    expect(
      reasonOf(() => takeProfile({ id: 1, error: { data: { [PROFILE_KEYS.re]: HEX, [VALUE_KEY]: 1 } } }, 'error')),
    ).toBe('profile_malformed');
  });

  it('never throws anything else, whatever stands in the slot', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }).map(parsed),
      fc.constantFrom<unknown>(
        ...NAMES.map((name) => MEMBERS[name]),
        ['params', '_meta'],
        ['_meta'],
        ['data'],
        ['value'],
      ),
    );
    const slot = fc.dictionary(fc.constantFrom(...names(), 'x', '_meta'), value, { maxKeys: 4 });
    fc.assert(
      fc.property(slot, fc.boolean(), (content, isError) => {
        const message: JsonObject = isError ? { id: 1, error: { data: content } } : request(content);
        const kind = isError ? 'error' : 'request';
        let taken;
        try {
          taken = takeProfile(message, kind);
        } catch (error) {
          expect((error as { reason?: unknown }).reason).toBe('profile_malformed');
          return;
        }
        expect(hasReservedMember(taken.message, kind)).toBe(false);
        expect(textOf(addProfile(taken.message, kind, taken.members))).toBe(textOf(message));
      }),
      { numRuns: 2000 },
    );
  });
});

function names(): string[] {
  return [...Object.values(PROFILE_KEYS), PROFILE_CREATED_KEY, ENVELOPE_KEY, VALUE_KEY];
}
