// node scripts/make-confusables.mjs TABLES: writes packages/protocol/src/tool/confusables-data.ts from the tables of UTS #39 that the crate
// `unicode-security` carries in its `src/tables.rs` (confusables.txt of the Unicode version that they name).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { isMain } from './lib/main.mjs';
import { root } from './lib/root.mjs';

const FILE = 'packages/protocol/src/tool/confusables-data.ts';
const WIDTH = 118;

/** @param {string} tables */
function confusablesModule(tables) {
  const version = /UNICODE_VERSION[^=]*= \((\d+), (\d+), (\d+)\)/.exec(tables)?.slice(1).join('.');
  if (version === undefined) throw new Error('The tables do not say which version of Unicode they are of');
  const [, part = ''] = tables.split('mod confusable_detection');
  const [map = ''] = part.split('pub mod ');
  const entries = [...map.matchAll(/\('\\u\{([0-9a-f]+)\}',\s*&\[([^\]]*)\]\)/g)].map(
    ([, source = '', targets = '']) => ({
      source: Number.parseInt(source, 16),
      target: [...targets.matchAll(/\\u\{([0-9a-f]+)\}/g)].map(([, code = '']) => Number.parseInt(code, 16)),
    }),
  );
  if (entries.length < 6000) throw new Error('The tables are not complete');
  // A name is brought into NFKC before it is looked up, so that what NFKC changes is never asked for.
  const kept = entries
    .filter(({ source }) => isStable(String.fromCodePoint(source)))
    .sort((one, other) => one.source - other.source);
  let before = 0;
  const words = kept.map(({ source, target }) => {
    const word = `${(source - before).toString(36)} ${target.map((code) => code.toString(36)).join('+')}`;
    before = source;
    return word;
  });
  return `// Made by scripts/make-confusables.mjs: do not edit.
//
// The map of confusables.txt, Unicode ${version}, without characters that NFKC changes. Copyright (C) Unicode, Inc.; used under the
// Unicode License v3, which stands in LICENSE-UNICODE.

/**
 * ${String(kept.length)} pairs of a character and what it is taken for, in the order of code points. Numbers are in base 36: of the character, how far its code
 * point is from the one before; of what it is taken for, the code points, joined by \`+\`.
 */
export const CONFUSABLES = \`
${wrap(words.join(' ').split(' '))}
\`;
`;
}

/** @param {string} character */
function isStable(character) {
  return character.normalize('NFKC') === character;
}

/** @param {readonly string[]} words */
function wrap(words) {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}

if (isMain(import.meta.url)) {
  const [, , tables] = argv;
  if (tables === undefined) throw new Error('usage: node scripts/make-confusables.mjs TABLES');
  writeFileSync(join(root, FILE), confusablesModule(readFileSync(tables, 'utf8')));
}
