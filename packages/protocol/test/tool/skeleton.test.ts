import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { skeletonOf } from '../../src/index.js';
import { CONFUSABLES } from '../../src/tool/confusables-data.js';

const text = fc.string({ unit: 'binary', maxLength: 40 });

describe('the skeleton of a text', () => {
  it('is its own skeleton, for the characters that tools are named with', () => {
    const name = fc.stringMatching(/^[\w./-]{1,40}$/);
    fc.assert(fc.property(name, (any) => skeletonOf(skeletonOf(any)) === skeletonOf(any)));
  });

  it('is in NFD, and holds nothing that nobody sees', () => {
    fc.assert(
      fc.property(text, (any) => {
        const skeleton = skeletonOf(any);
        expect(skeleton).toBe(skeleton.normalize('NFD'));
        expect(skeleton).not.toMatch(/\p{Default_Ignorable_Code_Point}/u);
      }),
    );
  });

  it('is the same for every normal form', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'), (any, form) => {
        expect(skeletonOf(any.normalize(form))).toBe(skeletonOf(any));
      }),
    );
  });
});

describe('the data', () => {
  const words = CONFUSABLES.trim().split(/\s+/);

  it('are pairs of a character and what it is like, each once and in their order', () => {
    expect(words.length % 2).toBe(0);
    expect(words.length / 2).toBeGreaterThan(3_000);
    for (const word of words) expect(word).toMatch(/^[0-9a-z]+(\+[0-9a-z]+)*$/);
    const steps = words.filter((_, index) => index % 2 === 0).map((word) => Number.parseInt(word, 36));
    expect(steps.every((step) => step > 0)).toBe(true);
    expect(steps.reduce((sum, step) => sum + step)).toBeLessThanOrEqual(0x10ffff);
  });

  it('hold the confusables that everybody knows', () => {
    const latin = {
      '\u0430': 'a',
      '\u0435': 'e',
      '\u043e': 'o',
      '\u0440': 'p',
      '\u0441': 'c',
      '\u03bf': 'o',
      '\u0455': 's',
    };
    for (const [character, like] of Object.entries(latin)) expect(skeletonOf(character)).toBe(like);
    expect(skeletonOf('m')).toBe('rn');
  });
});
