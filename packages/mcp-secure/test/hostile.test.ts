import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as mcps from '../src/index.js';
import { CALL, TOOL, people } from './support/values.js';

const { authority, agent, passport } = people();
const envelope = mcps.signMessage(CALL, passport.passport_id, agent.privateKey);
const tool = mcps.signTool(TOOL, agent.privateKey);
const model = { name: 'm', version: '1', format: 'gguf', file_hash: 'a'.repeat(64) };
const signedModel = mcps.signModel(model, 'asp_test', agent.privateKey);
const [CLIENT, SERVER] = [{ a: 1 }, { b: 2 }];
const binding = mcps.createTranscriptBinding(CLIENT, SERVER, agent.privateKey);
const STORE = { 'authority.example': authority.publicKey };

const cyclic: Record<string, unknown> = { name: 'a', description: 'b' };
cyclic['self'] = cyclic;
cyclic['inputSchema'] = cyclic;
cyclic['mcps'] = cyclic;

const throwing = (error: unknown): object =>
  Object.defineProperties(
    {},
    Object.fromEntries(
      ['mcps', 'name', 'description', 'passport_id', 'origin', 'expires_at', 'signature', 'channelBinding'].map(
        (name) => [
          name,
          {
            enumerable: true,
            get: () => {
              throw error;
            },
          },
        ],
      ),
    ),
  );

const trap = (): never => {
  throw new Error('trapped');
};
const TRAPS: ProxyHandler<object> = {
  get: trap,
  has: trap,
  ownKeys: trap,
  getPrototypeOf: trap,
  getOwnPropertyDescriptor: trap,
};
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

function deep(levels: number): object {
  let value: object = {};
  for (let level = 0; level < levels; level += 1)
    value = { mcps: value, name: 'a', description: 'b', inputSchema: value };
  return value;
}

/** What anybody may send in place of anything. */
const CORPUS: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['NaN', Number.NaN],
  ['a big integer', 7n],
  ['a symbol', Symbol('x')],
  ['a function', () => envelope],
  ['an empty text', ''],
  ['a text', 'asp_abc123'],
  ['half of a surrogate pair', '\ud800'],
  ['a long text', 'A'.repeat(1_000_000)],
  ['true', true],
  ['an empty list', []],
  ['a list', [envelope, passport]],
  ['an empty object', {}],
  ['an object without a prototype', Object.create(null)],
  ['an object of a class', new Date()],
  ['bytes', new Uint8Array(64)],
  ['a cycle', cyclic],
  ['getters that throw', throwing(new Error('thrown'))],
  ['getters that throw nothing', throwing(undefined)],
  ['getters that throw a proxy', throwing(new Proxy({}, TRAPS))],
  ['a proxy that throws', new Proxy({}, TRAPS)],
  ['a revoked proxy', revoked],
  ['a great depth', deep(100_000)],
  ['a number for a timestamp', { ...envelope, mcps: { ...envelope.mcps, timestamp: 1 } }],
  ['a text for an envelope', { ...CALL, mcps: 'mcps' }],
  ['an envelope in an envelope', { ...CALL, mcps: envelope }],
  [
    'a truncated signature',
    { ...envelope, mcps: { ...envelope.mcps, signature: envelope.mcps.signature.slice(0, 40) } },
  ],
  ['an oversized signature', { ...envelope, mcps: { ...envelope.mcps, signature: 'A'.repeat(100_000) } }],
  ['a signature that is no base64', { ...envelope, mcps: { ...envelope.mcps, signature: '!'.repeat(88) } }],
  ['a zero signature', { ...envelope, mcps: { ...envelope.mcps, signature: Buffer.alloc(64).toString('base64') } }],
  ['a passport with numbers for times', { ...passport, issued_at: 1, expires_at: 2 }],
  [
    'a passport whose chain is itself',
    { ...passport, issuer: passport.passport_id, issuer_chain: [chainLink(passport)] },
  ],
  ['a passport with a chain of rubbish', { ...passport, issuer: 'x', issuer_chain: ['!', 7, null, '\ud800'] }],
  [
    'a passport with a key off the curve',
    { ...passport, public_key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } },
  ],
  [
    'members of the prototype',
    JSON.parse('{"__proto__":{"valid":true},"constructor":1,"mcps":{"__proto__":{"version":"1.0"}}}'),
  ],
];

function chainLink(of: object): string {
  return Buffer.from(JSON.stringify(of)).toString('base64');
}

/** Every function that answers with a result, with one of its arguments exchanged: what it is answered by a hostile value. */
const FUNCTIONS: Readonly<Record<string, (value: any) => unknown>> = {
  'verifyMessage, message': (value) => mcps.verifyMessage(value, agent.publicKey).valid,
  'verifyMessage, key': (value) => mcps.verifyMessage(envelope, value).valid,
  'verifyTool, tool': (value) => mcps.verifyTool(value, tool, agent.publicKey).valid,
  'verifyTool, signature': (value) => mcps.verifyTool(TOOL, value, agent.publicKey).valid,
  'verifyTool, key': (value) => mcps.verifyTool(TOOL, tool, value).valid,
  'verifyModel, model': (value) => mcps.verifyModel(value, agent.publicKey).valid,
  'verifyModel, key': (value) => mcps.verifyModel(signedModel, value).valid,
  'verifyPassportSignature, passport': (value) => mcps.verifyPassportSignature(value, authority.publicKey),
  'verifyPassportSignature, key': (value) => mcps.verifyPassportSignature(passport, value),
  'validateOrigin, passport': (value) => mcps.validateOrigin(value, 'https://tools.example').valid,
  'validateOrigin, origin': (value) =>
    mcps.validateOrigin({ ...passport, origin: 'https://tools.example' }, value).valid,
  'verifyIssuerChain, passport': (value) => mcps.verifyIssuerChain(value, STORE).valid,
  'verifyIssuerChain, store': (value) => mcps.verifyIssuerChain(passport, value).valid,
  'verifyIssuerChain, key in the store': (value) =>
    mcps.verifyIssuerChain(passport, { 'authority.example': value }).valid,
  'getEffectiveTrustLevel, passport': (value) => mcps.getEffectiveTrustLevel(value, STORE) > 0,
  'getEffectiveTrustLevel, store': (value) => mcps.getEffectiveTrustLevel(passport, value) > 0,
  'verifyTranscriptBinding, hash': (value) =>
    mcps.verifyTranscriptBinding(value, binding.transcript_signature, agent.publicKey, CLIENT, SERVER).valid,
  'verifyTranscriptBinding, signature': (value) =>
    mcps.verifyTranscriptBinding(binding.transcript_hash, value, agent.publicKey, CLIENT, SERVER).valid,
  'verifyTranscriptBinding, key': (value) =>
    mcps.verifyTranscriptBinding(binding.transcript_hash, binding.transcript_signature, value, CLIENT, SERVER).valid,
  'verifyTranscriptBinding, params': (value) =>
    mcps.verifyTranscriptBinding(binding.transcript_hash, binding.transcript_signature, agent.publicKey, value, SERVER)
      .valid,
  'verifyTranscriptBinding, result': (value) =>
    mcps.verifyTranscriptBinding(binding.transcript_hash, binding.transcript_signature, agent.publicKey, CLIENT, value)
      .valid,
  'negotiateVersion, client': (value) => mcps.negotiateVersion(value, ['9.9']) !== null,
  'negotiateVersion, server': (value) =>
    value !== undefined && value !== null && mcps.negotiateVersion(['1.0'], value) !== null,
};

it('what is exchanged for hostile values is accepted where nothing is exchanged', () => {
  expect(mcps.verifyMessage(envelope, agent.publicKey).valid).toBe(true);
  expect(mcps.verifyTool(TOOL, tool, agent.publicKey).valid).toBe(true);
  expect(mcps.verifyModel(signedModel, agent.publicKey).valid).toBe(true);
  expect(mcps.verifyPassportSignature(passport, authority.publicKey)).toBe(true);
  expect(mcps.verifyIssuerChain(passport, STORE).valid).toBe(true);
  expect(mcps.getEffectiveTrustLevel(passport, STORE)).toBe(1);
  const { transcript_hash, transcript_signature } = binding;
  expect(
    mcps.verifyTranscriptBinding(transcript_hash, transcript_signature, agent.publicKey, CLIENT, SERVER).valid,
  ).toBe(true);
});

describe.each(Object.entries(FUNCTIONS))('%s', (_name, accepts) => {
  it.each(CORPUS)('neither throws at nor accepts %s', (_what, value) => {
    expect(accepts(value)).toBe(false);
  });

  it('neither throws at nor accepts anything else', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withTypedArray: true }),
        (value) => {
          expect(accepts(value)).toBe(false);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe.each(CORPUS)('%s', (_what, value) => {
  it('is a readable result everywhere: a code, and a reason', () => {
    const results = [
      mcps.verifyMessage(value, agent.publicKey),
      mcps.verifyTool(value, tool, agent.publicKey),
      mcps.validatePassportFormat(
        typeof value === 'object' && value !== null && 'mcps_version' in safe(value) ? null : value,
      ),
      mcps.verifyIssuerChain(value, STORE),
    ];
    for (const result of results) {
      expect(result).toMatchObject({ valid: false, error: { code: expect.stringMatching(/^MCPS-0\d\d$/) } });
      expect(result).toHaveProperty('reason', expect.stringMatching(/^\w+$/));
    }
  });

  it('is no passport that is still valid, and no nonce', async () => {
    expect(typeof mcps.isPassportExpired(value)).toBe('boolean');
    const store = new mcps.NonceStore();
    expect([true, false]).toContain(store.check(value));
    store.destroy();
    const secured = mcps.secureMCP(null, { minTrustLevel: 0 });
    expect(await secured.handleMessage(value)).toMatchObject({
      error: { code: expect.stringMatching(/^MCPS-0\d\d$/) },
    });
    secured.destroy();
  });
});

/** What of a value can be looked at without being thrown at. */
function safe(value: object): object {
  try {
    return { ...value };
  } catch {
    return {};
  }
}

it('a signed message stays valid only as it is: any other character of its signature is refused', () => {
  const { signature } = envelope.mcps;
  fc.assert(
    fc.property(fc.nat(signature.length - 1), fc.constantFrom(...'ABab09+/=!_- \n'), (index, character) => {
      fc.pre(signature[index] !== character);
      const changed = signature.slice(0, index) + character + signature.slice(index + 1);
      expect(
        mcps.verifyMessage({ ...envelope, mcps: { ...envelope.mcps, signature: changed } }, agent.publicKey).valid,
      ).toBe(false);
      expect(mcps.verifyTool(TOOL, tool.signature.slice(0, index), agent.publicKey).valid).toBe(false);
    }),
  );
});
