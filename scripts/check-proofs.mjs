// What documents call a proof exists. In docs/threat-model.md and docs/owasp.md every row of a table with a column "Proof" names at least one: the id of a vector in
// a code span, or a link to a test whose text is the test's title, word for word. And every reason in the specification's table is what a vector ends in, or what
// a test names.
import { join, posix } from 'node:path';
import { projectFiles, readText } from './lib/files.mjs';
import { isMain, runCheck } from './lib/main.mjs';
import { root as repository } from './lib/root.mjs';

const DOCUMENTS = ['docs/threat-model.md', 'docs/owasp.md'];
const SPECIFICATION = 'docs/spec/mcps-1.0.md';
const suiteFile = /^vectors\/suites\/[\w-]+\.json$/;
const testFile = /^(?:packages|apps)\/[\w-]+\/test\/.*\.[cm]?[jt]s$/;

/**
 * @typedef {object} Row
 * @property {number} line counted from 1
 * @property {string} proof the cell of the column "Proof"
 */

/**
 * @param {string} markdown
 * @returns {Row[]} the rows of every table that has a column "Proof"
 */
export function proofRows(markdown) {
  /** @type {Row[]} */
  const rows = [];
  let column = -1;
  markdown.split('\n').forEach((text, index) => {
    const cells = text.startsWith('|') ? text.split('|').slice(1, -1) : undefined;
    if (cells === undefined) column = -1;
    else if (column < 0) column = cells.findIndex((cell) => cell.trim() === 'Proof');
    else if (!/^[\s:-]*$/.test(cells[0] ?? '')) rows.push({ line: index + 1, proof: cells[column] ?? '' });
  });
  return rows;
}

/**
 * @param {string} root
 * @param {readonly string[]} files relative to the root
 * @returns {string[]} one line per fault
 */
export function proofFaults(root, files) {
  /** @param {string} file */
  const read = (file) => readText(join(root, file)) ?? '';
  /** @type {Set<string>} */
  const ids = new Set();
  /** @type {Set<string>} */
  const suites = new Set();
  /** @type {Set<string>} */
  const shown = new Set();
  for (const file of files.filter((name) => suiteFile.test(name))) {
    const text = read(file);
    suites.add(posix.basename(file, '.json'));
    for (const match of text.matchAll(/"id": "([^"]+)"/g)) ids.add(match[1] ?? '');
    for (const match of text.matchAll(/"reason": "([a-z_]+)"/g)) shown.add(match[1] ?? '');
  }
  const tests = new Map(files.filter((name) => testFile.test(name)).map((file) => [file, read(file)]));

  /** @type {string[]} */
  const faults = [];
  for (const document of DOCUMENTS) {
    for (const { line, proof } of proofRows(read(document))) {
      /** @param {string} what */
      const report = (what) => faults.push(`${document}:${line}: ${what}`);
      let proofs = 0;
      for (const [, title = '', target = ''] of proof.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)) {
        const file = posix.normalize(posix.join(posix.dirname(document), target));
        const source = tests.get(file);
        proofs += 1;
        if (source === undefined) report(`${target} is no file of tests`);
        else if (!["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`))) {
          report(`${file} has no test "${title}"`);
        }
      }
      for (const [, id = ''] of proof.matchAll(/`([\w-]+\/[\w-]+)`/g)) {
        proofs += 1;
        if (!suites.has(id.split('/')[0] ?? '') || !ids.has(id)) report(`there is no vector ${id}`);
      }
      if (proofs === 0) report('the row has no proof');
    }
  }

  const sources = [...tests.values()].join('\n');
  for (const [, reason = ''] of read(SPECIFICATION).matchAll(/^\| [\w-]+ +\| MCPS-\d{3} +\| `(\w+)` +\|$/gm)) {
    if (!shown.has(reason) && !new RegExp(`['"\`]${reason}['"\`]`).test(sources)) {
      faults.push(`${SPECIFICATION}: no vector and no test ends in the reason ${reason}`);
    }
  }
  return faults;
}

/** @returns {Promise<string[]>} */
export async function checkProofs() {
  return proofFaults(repository, await projectFiles());
}

if (isMain(import.meta.url)) await runCheck('proofs', checkProofs);
