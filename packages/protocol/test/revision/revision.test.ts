import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/json-rpc/index.js';
import { DEFAULT_REVISION, REVISIONS, revisionOf, unsupportedVersion } from '../../src/revision/index.js';
import { deepFreeze, parsed, textOf } from '../support/messages.js';
import { reasonOf } from '../support/refusal.js';

const revision = DEFAULT_REVISION;

const WIRE: JsonObject = deepFreeze({
  version: '1.0',
  passport_id: `asp_${'0123456789abcdef'.repeat(2)}`,
  timestamp: '2026-01-02T03:04:05.678Z',
  nonce: '00112233445566778899aabbccddeeff',
  signature: 'any text',
});

const INPUT = {
  messageHash: 'h'.repeat(64),
  nonce: 'n',
  passportId: 'p',
  timestamp: 't',
};

describe('the bytes of revision 1.0', () => {
  it('sign hash, nonce, passport id and timestamp in RFC 8785 form', () => {
    expect(revision.signingInput(INPUT)).toBe(
      `{"message_hash":"${'h'.repeat(64)}","nonce":"n","passport_id":"p","timestamp":"t"}`,
    );
  });

  it('sign the channel binding along when there is one', () => {
    expect(revision.signingInput({ ...INPUT, channelBinding: 'b"\u20ac' })).toBe(
      `{"channel_binding":"b\\"\u20ac","message_hash":"${'h'.repeat(64)}","nonce":"n","passport_id":"p","timestamp":"t"}`,
    );
  });

  it('bind a reply to the signature too', () => {
    const envelope = revision.readEnvelope({ ...WIRE, later: 1 });
    expect(revision.replyDigestInput({ messageHash: 'h', envelope })).toBe(
      `{"message_hash":"h","nonce":"${String(WIRE['nonce'])}","passport_id":"${String(WIRE['passport_id'])}",` +
        `"signature":"any text","timestamp":"2026-01-02T03:04:05.678Z"}`,
    );
  });

  it('escape what a text may hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (timestamp) => {
        expect(JSON.parse(revision.signingInput({ ...INPUT, timestamp }))).toMatchObject({ timestamp });
      }),
    );
  });
});

describe('the wire form of an envelope', () => {
  it('is read and written back', () => {
    const envelope = revision.readEnvelope(WIRE);
    expect(envelope).toEqual({
      version: '1.0',
      passportId: WIRE['passport_id'],
      nonce: WIRE['nonce'],
      timestamp: WIRE['timestamp'],
      signature: WIRE['signature'],
    });
    expect(Object.isFrozen(envelope)).toBe(true);
    expect(textOf(revision.writeEnvelope(envelope))).toBe(textOf(WIRE));
  });

  it('keeps members that it does not know, which cannot replace those it does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })), (more) => {
        const wire = { ...(parsed(more) as JsonObject), ...WIRE };
        expect(textOf(revision.writeEnvelope(revision.readEnvelope(wire)))).toBe(textOf(wire));
      }),
    );
    const wire = JSON.parse(`{"__proto__":{"nonce":"x"},${JSON.stringify(WIRE).slice(1)}`) as JsonObject;
    expect(textOf(revision.writeEnvelope(revision.readEnvelope(wire)))).toBe(textOf(wire));
  });

  const faults: [string, unknown][] = [
    ...['version', 'passport_id', 'nonce', 'timestamp', 'signature'].flatMap((name): [string, unknown][] =>
      [undefined, null, 1, true, {}, [WIRE[name]]].map((value) => [name, value]),
    ),
    ['version', '1.1'],
    ['version', ''],
    ['passport_id', ''],
    ['passport_id', 'asp_'],
    ['passport_id', `asp_${'0'.repeat(31)}`],
    ['passport_id', `asp_${'0'.repeat(33)}`],
    ['passport_id', `asp_${'A'.repeat(32)}`],
    ['passport_id', `ASP_${'a'.repeat(32)}`],
    ['passport_id', `asp_${'g'.repeat(32)}`],
    ['passport_id', `asp_${'0'.repeat(32)}\n`],
    ['passport_id', ` asp_${'0'.repeat(32)}`],
    ['nonce', ''],
    ['nonce', '0'.repeat(31)],
    ['nonce', '0'.repeat(33)],
    ['nonce', 'A'.repeat(32)],
    ['nonce', 'z'.repeat(32)],
    ['nonce', `${'0'.repeat(32)}\n`],
    ['timestamp', '2'.repeat(65)],
    ['timestamp', '\ud800'],
    ['signature', 'c2ln\udc00'],
  ];

  it.each(faults)('with %s %j is malformed', (name, value) => {
    expect(reasonOf(() => revision.readEnvelope({ ...WIRE, [name]: value }))).toBe('envelope_malformed');
  });

  it('reads own members only', () => {
    expect(reasonOf(() => revision.readEnvelope(Object.create(WIRE) as JsonObject))).toBe('envelope_malformed');
  });

  it('leaves the text of time and signature to the checks that come later', () => {
    for (const value of ['', 'no time', '2'.repeat(64), '\u20ac']) {
      expect(revision.readEnvelope({ ...WIRE, timestamp: value, signature: value })).toMatchObject({
        timestamp: value,
        signature: value,
      });
    }
  });

  it('takes other passport ids only where that is asked for', () => {
    const options = { acceptAnyPassportId: true };
    for (const passportId of ['a', 'did:example:1', 'agent one', 'x'.repeat(128)]) {
      const wire = { ...WIRE, passport_id: passportId };
      expect(reasonOf(() => revision.readEnvelope(wire))).toBe('envelope_malformed');
      expect(revision.readEnvelope(wire, options).passportId).toBe(passportId);
    }
    for (const passportId of ['', 'x'.repeat(129), 'é', 'a\nb', '\u0000', '\ud800', null]) {
      expect(reasonOf(() => revision.readEnvelope({ ...WIRE, passport_id: passportId }, options))).toBe(
        'envelope_malformed',
      );
    }
  });
});

describe('the table of revisions', () => {
  it('finds a revision by the version that an envelope says', () => {
    expect(revisionOf(WIRE)).toBe(revision);
    expect(REVISIONS.get('1.0')).toBe(revision);
    for (const version of ['2.0', '', 'constructor', '__proto__', '1.0 ']) {
      expect(revisionOf({ ...WIRE, version })).toBeUndefined();
    }
    for (const version of [undefined, null, 1, 1.0, ['1.0']]) {
      expect(reasonOf(() => revisionOf({ ...WIRE, version }))).toBe('envelope_malformed');
    }
    expect(unsupportedVersion()).toMatchObject({ code: 'MCPS-015', details: { versions: ['1.0'] } });
  });
});
