import { describe, expect, it } from 'vitest';
import { SIGNING_CONTEXTS, contextBytes } from '../../src/signing-context/index.js';
import type { SigningContext } from '../../src/signing-context/index.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('contextBytes', () => {
  it('is the prefix, the context, a zero byte and the canonical form', () => {
    expect(contextBytes('tool', utf8('{"a":1}'))).toEqual(utf8('mcps/1.0:tool\0{"a":1}'));
    expect(contextBytes('proof-of-possession', new Uint8Array())).toEqual(utf8('mcps/1.0:proof-of-possession\0'));
  });

  it('gives every context bytes of its own for the same artefact, none of which is JSON', () => {
    const all = SIGNING_CONTEXTS.map((context) => new TextDecoder().decode(contextBytes(context, utf8('{}'))));
    expect(new Set(all).size).toBe(SIGNING_CONTEXTS.length);
    for (const text of all) {
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
      // No context may be the beginning of another one's bytes.
      expect(all.filter((other) => other.startsWith(text.slice(0, text.indexOf('\0') + 1)))).toEqual([text]);
    }
  });

  it('refuses a context that is not in the list', () => {
    expect(() => contextBytes('tools' as SigningContext, utf8('{}'))).toThrow(TypeError);
    expect(() => contextBytes('constructor' as SigningContext, utf8('{}'))).toThrow(TypeError);
  });
});
