// No file of the project names a package registry or a folder of somebody's machine, and no private key lies anywhere
// but among keys that are marked as test keys.
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { projectFiles, readText } from './lib/files.mjs';
import { isMain, runCheck } from './lib/main.mjs';
import { root as repository } from './lib/root.mjs';

const rules = [
  {
    what: 'names a package registry',
    pattern:
      /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\.[a-z]+|\bnpm\.pkg\.github\.com|\b[\w.-]*(?:artifactory|nexus|verdaccio|jfrog)[\w-]*\.[a-z]{2,}\b/i,
  },
  {
    what: 'names a folder of one machine',
    // Preceded by a word character, a dot or another slash it is part of an address or of a relative path.
    pattern: /(?<![\w./~-])(?:\/(?:work|root|Users\/[\w.-]+|home\/[\w.-]+)(?=\/|\b(?![\w-]))|[A-Z]:\\+Users\\)/,
  },
];

const privateKeys = [
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*(?:\\n|\\r|["'`,+\s])*[A-Za-z0-9+/]{16}/,
  // A private EC key in JWK form: 32 bytes of base64url under "d".
  /["']?\bd["']?\s*:\s*["'][A-Za-z0-9_-]{43}["']/,
];

/** The file that marks its folder, with all below it, as holding keys made for tests. */
const testKeyMark = 'TEST-KEYS.md';

/**
 * @param {string} root
 * @param {string} file
 * @returns {boolean}
 */
function mayHoldKeys(root, file) {
  if (file.startsWith('vectors/')) return true;
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
    if (existsSync(join(root, folder, testKeyMark))) return /(?:^|\/)(?:tests?|fixtures)(?:\/|$)/.test(folder);
  }
  return false;
}

/**
 * @param {string} root
 * @param {readonly string[]} files relative to the root
 * @returns {string[]} one line per fault; never the key itself
 */
export function hygieneFaults(root, files) {
  return files.flatMap((file) => {
    const text = readText(join(root, file));
    if (text === undefined) return [];
    /** @type {string[]} */
    const faults = [];
    text.split('\n').forEach((line, index) => {
      for (const { what, pattern } of rules) {
        const found = pattern.exec(line)?.[0];
        if (found !== undefined) faults.push(`${file}:${index + 1}: ${what}: ${found}`);
      }
    });
    for (const pattern of privateKeys) {
      const found = pattern.exec(text);
      if (found !== null && !mayHoldKeys(root, file)) {
        const line = text.slice(0, found.index).split('\n').length;
        faults.push(`${file}:${line}: holds a private key, in a folder that no ${testKeyMark} marks as test keys`);
      }
    }
    return faults;
  });
}

/** @returns {Promise<string[]>} */
export async function checkHygiene() {
  return hygieneFaults(repository, await projectFiles());
}

if (isMain(import.meta.url)) await runCheck('hygiene', checkHygiene);
