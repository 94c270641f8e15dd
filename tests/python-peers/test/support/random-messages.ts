import fc from 'fast-check';

// Where Python's canonical JSON is that of RFC 8785. What is left out is in test/differences.test.ts.

/** Numbers that both write in the same way: no fraction from 1e-9 to 1e-4, which Python writes as `1e-05`, and no whole number beyond 2^53 - 1. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -1000, max: 1000 }),
  fc.double({ min: 1e-4, max: 1e9, noNaN: true }),
  fc.double({ min: -1e9, max: -1e-4, noNaN: true }),
  fc.double({ min: 1e-300, max: 9e-11, noNaN: true }),
);

/** Every code point but the halves of surrogate pairs. */
const text = fc.string({ unit: 'binary', maxLength: 20 });

/** Without U+E000 to U+FFFF, which Python sorts before what lies beyond U+FFFF; no array index, which a JavaScript object sorts before all else. */
const name = fc
  .oneof(text, fc.string({ maxLength: 8 }), fc.constantFrom('', 'é', '日本', '😀', 'constructor', 'a"b', '\u2028'))
  .filter((value) => !/[\ue000-\uffff]/u.test(value) && !/^(?:0|[1-9]\d*)$/.test(value));

const object = (value: fc.Arbitrary<unknown>) => fc.dictionary(name, value, { maxKeys: 5 });

const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.oneof(text, number, fc.boolean(), fc.constant(null)) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 2, arbitrary: object(tie('value')) },
  ),
}));

/** As it is after a journey as JSON: no prototypes, no negative zero. */
const overTheWire = (value: unknown): any => JSON.parse(JSON.stringify(value));

const id = fc.oneof(fc.maxSafeInteger(), text);
const method = fc.oneof(
  fc.constantFrom('tools/call', 'notifications/initialized', 'x/y'),
  text.filter((value) => value !== ''),
);

/** Any object of JSON: params, results, schemas. */
export const anyObject = object(anyValue).map(overTheWire);

/** Requests, notifications, results and errors. */
export const anyMessage: fc.Arbitrary<Record<string, any>> = fc
  .oneof(
    fc.record(
      { jsonrpc: fc.constant('2.0'), id, method, params: object(anyValue) },
      { requiredKeys: ['jsonrpc', 'id', 'method'] },
    ),
    fc.record(
      { jsonrpc: fc.constant('2.0'), method, params: object(anyValue) },
      { requiredKeys: ['jsonrpc', 'method'] },
    ),
    fc.record({ jsonrpc: fc.constant('2.0'), id, result: object(anyValue) }),
    fc.record({
      jsonrpc: fc.constant('2.0'),
      id,
      error: fc.record({ code: fc.integer(), message: text, data: anyValue }, { requiredKeys: ['code', 'message'] }),
    }),
  )
  .map(overTheWire);

/** Tools with a description, which both packages need. */
export const anyTool: fc.Arbitrary<Record<string, any>> = fc
  .record({ name: text.filter((value) => value !== ''), description: text, inputSchema: object(anyValue) })
  .map(overTheWire);

/** Any text. */
export const anyText = text;

/** Names of agents: visible, at most 40 code units. */
export const anyName = fc.oneof(
  fc.stringMatching(/^[!-~]{1,30}$/),
  fc.stringMatching(/^[\u00c0-\u024f\u4e00-\u9fff]{1,10}$/),
  fc.constantFrom('agent ✓ 代理 🔐', 'O\'Brien "x" <&>', '\\'),
);
