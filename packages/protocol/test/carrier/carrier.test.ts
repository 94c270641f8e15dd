import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENVELOPE_KEY, VALUE_KEY, attachCarrier, detachCarrier } from '../../src/carrier/index.js';
import type { Carrier } from '../../src/carrier/index.js';
import type { JsonObject, MessageKind } from '../../src/json-rpc/index.js';
import { KINDS, anyMessage, deepFreeze, parsed, textOf } from '../support/messages.js';
import { reasonOf } from '../support/refusal.js';

const ENVELOPE: JsonObject = deepFreeze({
  version: '1.0',
  passport_id: `asp_${'0'.repeat(32)}`,
  timestamp: '2026-01-02T03:04:05.678Z',
  nonce: 'ab'.repeat(16),
  signature: 'c2ln',
});
const CARRIERS: readonly Carrier[] = ['meta', 'top-level'];

/** Where the carrier stands in the slot, with its record of created containers. */
const carried = (created: unknown): JsonObject => ({ [ENVELOPE_KEY]: { ...ENVELOPE, created } });

describe('attaching and detaching', () => {
  it('gives back exactly the message and the envelope, for every message and carrier, without touching either', () => {
    fc.assert(
      fc.property(anyMessage, fc.constantFrom(...CARRIERS), ({ kind, message }, carrier) => {
        const before = textOf(message);
        const received = attachCarrier(deepFreeze(message), ENVELOPE, carrier);
        const detached = detachCarrier(deepFreeze(parsed(received) as JsonObject), kind);
        expect(textOf(detached)).toBe(textOf({ carrier, wireEnvelope: ENVELOPE, message: parsed(message) }));
        expect(textOf(detached.message)).toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  it('puts the envelope where each kind of message lets unknown members through, and says what it made', () => {
    const wire = (message: JsonObject) => attachCarrier(message, ENVELOPE, 'meta');
    expect(wire({ id: 1, method: 'm' })).toEqual({
      id: 1,
      method: 'm',
      params: { _meta: carried(['params', '_meta']) },
    });
    expect(wire({ method: 'n', params: {} })).toEqual({ method: 'n', params: { _meta: carried(['_meta']) } });
    expect(wire({ method: 'n', params: { _meta: {} } })).toEqual({
      method: 'n',
      params: { _meta: { [ENVELOPE_KEY]: ENVELOPE } },
    });
    expect(wire({ id: 1, result: { a: 1 } })).toEqual({ id: 1, result: { a: 1, _meta: carried(['_meta']) } });
    expect(wire({ id: 1, error: { code: 1, message: '' } })).toEqual({
      id: 1,
      error: { code: 1, message: '', data: carried(['data']) },
    });
    expect(wire({ id: 1, error: { code: 1, message: '', data: null } })).toEqual({
      id: 1,
      error: { code: 1, message: '', data: { [VALUE_KEY]: null, ...carried(['value']) } },
    });
    expect(wire({ id: 1, error: { code: 1, message: '', data: {} } })).toEqual({
      id: 1,
      error: { code: 1, message: '', data: { [ENVELOPE_KEY]: ENVELOPE } },
    });
  });

  it('leaves a message without a carrier as it is', () => {
    fc.assert(
      fc.property(anyMessage, ({ kind, message }) => {
        const { mcps: _top, ...unsigned } = message;
        const detached = detachCarrier(unsigned, kind);
        expect(detached.carrier).toBe('none');
        expect(detached.message).toBe(unsigned);
      }),
    );
  });

  it('treats carriers deeper down, or in the slot of another kind, as data', () => {
    const message: JsonObject = {
      id: 1,
      method: 'm',
      params: { arguments: { _meta: carried([]), mcps: null, params: { _meta: carried([]) } } },
      _meta: carried([]),
    };
    expect(detachCarrier(message, 'request')).toEqual({ carrier: 'none', message });
  });

  it('refuses to attach a second carrier', () => {
    for (const first of CARRIERS) {
      for (const second of CARRIERS) {
        const once = attachCarrier({ id: 1, method: 'm' }, ENVELOPE, first);
        expect(reasonOf(() => attachCarrier(once, ENVELOPE, second))).toBe('reserved_member');
      }
    }
  });

  it('refuses an envelope that has a record of its own', () => {
    expect(() => attachCarrier({ id: 1, method: 'm' }, { ...ENVELOPE, created: [] }, 'meta')).toThrow(TypeError);
  });
});

// Every kind of message with the carrier it would have if nothing but the recorded containers had been made.
const RECORDED: readonly { kind: MessageKind; created: string[]; wire: JsonObject; made: string[][] }[] = [
  {
    kind: 'request',
    created: ['params', '_meta'],
    wire: { id: 1, method: 'm', params: { _meta: carried(['params', '_meta']) } },
    made: [['params'], ['params', '_meta']],
  },
  {
    kind: 'request',
    created: ['_meta'],
    wire: { id: 1, method: 'm', params: { a: 1, _meta: carried(['_meta']) } },
    made: [['params', '_meta']],
  },
  {
    kind: 'notification',
    created: ['params', '_meta'],
    wire: { method: 'n', params: { _meta: carried(['params', '_meta']) } },
    made: [['params'], ['params', '_meta']],
  },
  {
    kind: 'notification',
    created: ['_meta'],
    wire: { method: 'n', params: { _meta: carried(['_meta']) } },
    made: [['params', '_meta']],
  },
  {
    kind: 'result',
    created: ['_meta'],
    wire: { id: 1, result: { _meta: carried(['_meta']) } },
    made: [['result', '_meta']],
  },
  {
    kind: 'error',
    created: ['data'],
    wire: { id: 1, error: { code: 1, message: '', data: carried(['data']) } },
    made: [['error', 'data']],
  },
  {
    kind: 'error',
    created: ['value'],
    wire: { id: 1, error: { code: 1, message: '', data: { ...carried(['value']), [VALUE_KEY]: 'text' } } },
    made: [['error', 'data']],
  },
];

describe('a sibling injected beside the carrier', () => {
  // Fails without the emptiness checks in restoreSlot: a member that an attacker adds would then be dropped in silence.
  it.each(RECORDED)('is refused in every container that $kind $created says was made', ({ kind, wire, made }) => {
    expect(detachCarrier(wire, kind).carrier).toBe('meta');
    for (const path of made) {
      for (const name of ['x', '__proto__', 'constructor', VALUE_KEY, 'dev.mcps/context']) {
        const injected = parsed(wire) as Record<string, unknown>;
        let target = injected;
        for (const step of path) target = target[step] as Record<string, unknown>;
        if (Object.hasOwn(target, name)) continue;
        Object.defineProperty(target, name, { value: null, enumerable: true });
        expect(reasonOf(() => detachCarrier(injected, kind))).toBe('carrier_not_exact');
      }
    }
  });

  it('is refused where the wrapper of a value holds an object, which needs no wrapper', () => {
    const wire = (value: unknown) => ({
      id: 1,
      error: { code: 1, message: '', data: { ...carried(['value']), [VALUE_KEY]: value } },
    });
    expect(detachCarrier(wire([]), 'error').message).toEqual({ id: 1, error: { code: 1, message: '', data: [] } });
    expect(reasonOf(() => detachCarrier(wire({}), 'error'))).toBe('carrier_not_exact');
    expect(reasonOf(() => detachCarrier(wire(undefined), 'error'))).toBe('carrier_not_exact');
  });
});

describe('a forged record', () => {
  const record = fc.oneof(
    fc.constantFrom<unknown>(
      [],
      null,
      ['params'],
      ['_meta'],
      ['params', '_meta'],
      ['_meta', 'params'],
      ['data'],
      ['value'],
      ['data', 'value'],
      'params',
      {},
      ['_meta', '_meta'],
      true,
    ),
    fc.array(fc.constantFrom('params', '_meta', 'data', 'value', 'result', 'error'), { maxLength: 3 }),
  );

  it('is refused, or restores a message whose carrier is again exactly what was received', () => {
    fc.assert(
      fc.property(anyMessage, record, ({ kind, message }, created) => {
        const genuine = attachCarrier(message, ENVELOPE, 'meta');
        const received = forge(genuine, kind, created);
        let restored: JsonObject;
        try {
          restored = detachCarrier(received, kind).message;
        } catch (error) {
          expect(['carrier_created_invalid', 'carrier_not_exact']).toContain((error as { reason?: unknown }).reason);
          return;
        }
        expect(textOf(attachCarrier(restored, ENVELOPE, 'meta'))).toBe(textOf(received));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(KINDS)('outside the closed list of %s is carrier_created_invalid', (kind) => {
    const lists: Record<MessageKind, string[][]> = {
      request: [['params', '_meta'], ['_meta']],
      notification: [['params', '_meta'], ['_meta']],
      result: [['_meta']],
      error: [['data'], ['value']],
    };
    const message: Record<MessageKind, JsonObject> = {
      request: { id: 1, method: 'm' },
      notification: { method: 'm' },
      result: { id: 1, result: {} },
      error: { id: 1, error: { code: 1, message: '' } },
    };
    const wire = attachCarrier(message[kind], ENVELOPE, 'meta');
    const candidates: unknown[] = [
      [],
      ['params'],
      ['_meta'],
      ['_meta', 'params'],
      ['params', '_meta'],
      ['data'],
      ['value'],
      ['result'],
      'data',
      null,
      0,
      {},
      { 0: '_meta', length: 1 },
    ];
    for (const candidate of candidates) {
      const inList = lists[kind].some((list) => JSON.stringify(list) === JSON.stringify(candidate));
      const reason = reasonOf(() => detachCarrier(forge(wire, kind, candidate), kind));
      if (inList) expect(reason).not.toBe('carrier_created_invalid');
      else expect(reason).toBe('carrier_created_invalid');
    }
  });

  it('is refused in the published form, which makes nothing', () => {
    // Fails without the check of `created` in detachTopLevel.
    for (const created of [[], ['params', '_meta'], null]) {
      const received = { id: 1, method: 'm', mcps: { ...ENVELOPE, created } };
      expect(reasonOf(() => detachCarrier(received, 'request'))).toBe('carrier_created_invalid');
    }
  });
});

describe('two carriers, and carriers that are none', () => {
  const values: unknown[] = [null, false, 0, '', 'text', [], [ENVELOPE], {}, ENVELOPE];

  it('refuses both at once, whatever stands in either', () => {
    // Fails without the check for both carriers in detachCarrier: an unsigned `mcps` beside a valid envelope would be delivered.
    for (const top of values) {
      for (const inner of values) {
        const received = { id: 1, method: 'm', params: { _meta: { [ENVELOPE_KEY]: inner } }, mcps: top };
        expect(reasonOf(() => detachCarrier(received, 'request'))).toBe('carrier_ambiguous');
      }
    }
  });

  it('never takes a carrier that is no object for an unsigned message', () => {
    // Fails where presence is tested by truth instead of against undefined.
    for (const value of values.slice(0, 7)) {
      for (const received of [
        { id: 1, method: 'm', mcps: value },
        { id: 1, method: 'm', params: { _meta: { [ENVELOPE_KEY]: value } } },
      ]) {
        expect(reasonOf(() => detachCarrier(received, 'request'))).toBe('envelope_malformed');
      }
      expect(reasonOf(() => detachCarrier({ id: 1, result: { _meta: { [ENVELOPE_KEY]: value } } }, 'result'))).toBe(
        'envelope_malformed',
      );
      expect(reasonOf(() => detachCarrier({ id: 1, error: { data: { [ENVELOPE_KEY]: value } } }, 'error'))).toBe(
        'envelope_malformed',
      );
    }
  });

  it('counts a member whose value is undefined as absent', () => {
    const received = { id: 1, method: 'm', mcps: undefined };
    expect(detachCarrier(received, 'request').carrier).toBe('none');
    const both = { ...attachCarrier({ id: 1, method: 'm' }, ENVELOPE, 'meta'), mcps: undefined };
    expect(detachCarrier(both, 'request').carrier).toBe('meta');
  });

  it('looks at own members only', () => {
    const inherited = Object.create({ mcps: ENVELOPE }) as JsonObject;
    expect(detachCarrier(Object.assign(inherited, { id: 1, method: 'm' }), 'request').carrier).toBe('none');
  });
});

function forge(wire: JsonObject, kind: MessageKind, created: unknown): JsonObject {
  const forged = parsed(wire) as Record<string, Record<string, Record<string, Record<string, unknown>>>>;
  const slot =
    kind === 'error' ? forged['error']!['data']! : forged[kind === 'result' ? 'result' : 'params']!['_meta']!;
  slot[ENVELOPE_KEY]!['created'] = created;
  return forged;
}
