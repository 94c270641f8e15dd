import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, ToolRegistry } from '../../src/index.js';
import { reasonOf } from '../support/refusal.js';

describe('the registry of tool names', () => {
  it('reports one name on two servers, on both of them', () => {
    const registry = new ToolRegistry();
    expect(registry.note('a', 'search')).toEqual([]);
    expect(registry.note('b', 'search')).toEqual([
      { server: 'b', name: 'search', otherServer: 'a', otherName: 'search', kind: 'shadowing' },
    ]);
    expect(registry.note('a', 'search')).toEqual([
      { server: 'a', name: 'search', otherServer: 'b', otherName: 'search', kind: 'shadowing' },
    ]);
  });

  it('does not report a tool that is listed again', () => {
    const registry = new ToolRegistry();
    registry.note('a', 'search');
    expect(registry.note('a', 'search')).toEqual([]);
    expect(registry.note('a', 'fetch')).toEqual([]);
    expect(registry.note('b', 'publish')).toEqual([]);
  });

  it.each([
    ['read_file', 'Read_File'],
    ['STRASSE', 'strasse'],
    ['\uff52ead', 'read'],
    ['\u00e9t\u00e9', 'e\u0301te\u0301'],
  ])('reports names that differ by case or compatibility form alone: %s, %s', (one, other) => {
    const registry = new ToolRegistry();
    registry.note('a', one);
    expect(registry.note('b', other)).toEqual([
      { server: 'b', name: other, otherServer: 'a', otherName: one, kind: 'case' },
    ]);
    expect(registry.note('a', other)).toHaveLength(2);
  });

  it.each([
    ['read_file', 're\u0430d_file'],
    ['transform', 'transforrn'],
    ['LIST', '1IST'],
    ['ocr', '0cr'],
    ['pay', 'pa\u200by'],
  ])('reports names that look alike: %s, %s', (one, other) => {
    const registry = new ToolRegistry();
    registry.note('a', one);
    const collision = { server: 'a', name: other, otherServer: 'a', otherName: one, kind: 'confusable' };
    expect(registry.note('a', other)).toEqual([collision]);
  });

  it('finds any name again, whatever is hidden in it and however it is written', () => {
    const hidden = fc.constantFrom('\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u202e', '\u2069', '\u{e0020}');
    const written = fc.record({
      name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      at: fc.nat(),
      hidden,
      form: fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD'),
    });
    fc.assert(
      fc.property(written, ({ name, at, hidden: character, form }) => {
        const units = [...name];
        const cut = at % (units.length + 1);
        const other = [...units.slice(0, cut), character, ...units.slice(cut)].join('').normalize(form);
        fc.pre(other !== name);
        const registry = new ToolRegistry();
        registry.note('a', name);
        expect(registry.note('b', other)).toMatchObject([{ otherServer: 'a', otherName: name }]);
        expect(registry.note('b', name)).toHaveLength(2);
      }),
    );
  });

  it('tells apart what is no likeness', () => {
    const names = ['read', 'write', 'copy', 'move', 'tail', 'tall', 'read_all', 'read-all', 'list2', 'list3'];
    const registry = new ToolRegistry();
    for (const name of names) expect(registry.note('a', name), name).toEqual([]);
  });

  it('takes names for what they are', () => {
    const registry = new ToolRegistry();
    for (const name of ['__proto__', 'constructor', 'toString', '']) expect(registry.note('a', name)).toEqual([]);
    expect(registry.note('b', '__proto__')).toHaveLength(1);
  });

  it('still reports what it has no room to remember', () => {
    const registry = new ToolRegistry();
    for (let server = 0; server < 50; server++) {
      expect(registry.note(`server-${server}`, 'search')).toHaveLength(Math.min(server, 16));
    }
  });

  it('says when it is full, for a namesake would go unnoticed', () => {
    const registry = new ToolRegistry({ maxNames: 2 });
    registry.note('a', 'one');
    registry.note('a', 'two');
    expect(reasonOf(() => registry.note('b', 'three'))).toBe('tool_pin_store_full');
    expect(registry.note('a', 'one')).toEqual([]);
  });

  it('does not let one server use up the room of the others', () => {
    const registry = new ToolRegistry({ maxNames: 10, maxPerServer: 2 });
    registry.note('greedy', 'one');
    registry.note('greedy', 'two');
    expect(reasonOf(() => registry.note('greedy', 'three'))).toBe('tool_pin_store_full');
    expect(registry.note('modest', 'one')).toHaveLength(1);
  });

  it('does not keep names of any length', () => {
    expect(reasonOf(() => new ToolRegistry().note('a', 'x'.repeat(1_025)))).toBe('tool_malformed');
  });

  it.each([0, 1.5, Number.NaN])('has limits that are whole numbers: %d', (limit) => {
    expect(() => new ToolRegistry({ maxNames: limit })).toThrow(ConfigurationError);
    expect(() => new ToolRegistry({ maxPerServer: limit })).toThrow(ConfigurationError);
  });
});
