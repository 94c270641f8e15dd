// Every path of this repository that a document names exists: in links, and in code spans. A code span is taken for a
// path when it starts with a top-level folder, with a folder beside the document, with ./ or ../, or when it has a
// slash and ends like a file. Names that only look so are listed in a comment: <!-- not in this repository: a/b.json -->
import { join, posix } from 'node:path';
import { projectFiles, readText } from './lib/files.mjs';
import { isMain, runCheck } from './lib/main.mjs';
import { anchors, codeSpans, linkTargets } from './lib/markdown.mjs';
import { readJson, root as repository } from './lib/root.mjs';

const fileEnding = /\.(?:[cm]?[jt]sx?|json|md|ya?ml|sh|html|css|py|go|txt)$/;
const builtFolders = new Set(['dist', 'node_modules', 'coverage', '.reports', '.tarballs', '.turbo']);

/**
 * @param {readonly string[]} files
 * @returns {Set<string>} the files and every folder above them
 */
function withFolders(files) {
  const all = new Set(files);
  for (const file of files) {
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) all.add(folder);
  }
  return all;
}

/**
 * @param {string} glob with `*`, `**` and `{a,b}`
 * @returns {RegExp}
 */
function globPattern(glob) {
  const source = glob.replace(/\*\*\/|\*\*|\*|\{[^{}]*\}|[^*{}]+|[{}]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part.startsWith('{') && part.endsWith('}')) {
      const choices = part.slice(1, -1).split(',').map(escapeRegExp);
      return `(?:${choices.join('|')})`;
    }
    return escapeRegExp(part);
  });
  return new RegExp(`^${source}$`);
}

/** @param {string} text */
function escapeRegExp(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * @param {Set<string>} known
 * @param {string} path normalised, relative to the root
 * @returns {boolean}
 */
function exists(known, path) {
  if (path === '.') return true;
  if (!/[*{]/.test(path)) return known.has(path);
  const pattern = globPattern(path);
  return [...known].some((candidate) => pattern.test(candidate));
}

/**
 * The words of a code span that name a path.
 *
 * @param {string} code
 * @param {(firstSegment: string) => boolean} isFolder
 * @returns {string[]}
 */
export function pathsIn(code, isFolder) {
  return code
    .split(/[\s"'=]+/)
    .map((word) => word.replace(/^\(+|[),.;:]+$/g, '').replace(/:\d+(?:[-:]\d+)?$/, ''))
    .filter((word) => {
      if (!/^(?:\.{0,2}\/)?[\w.+*{},@-]+(?:\/[\w.+*{},@-]+)*\/?$/.test(word) || !word.includes('/')) return false;
      if (/^[@/]|\.{3}|^\.well-known\//.test(word)) return false;
      const segments = word.split('/');
      if (segments.some((segment) => builtFolders.has(segment))) return false;
      const first = segments[0] ?? '';
      return first === '.' || first === '..' || isFolder(first) || fileEnding.test(word);
    });
}

/**
 * @param {string} root
 * @param {readonly string[]} files relative to the root
 * @returns {string[]} one line per fault
 */
export function docsPathFaults(root, files) {
  const known = withFolders(files);
  const documents = files.filter((file) => file.endsWith('.md') && posix.basename(file) !== 'CHANGELOG.md');
  /** @type {Map<string, string>} */
  const texts = new Map(documents.map((file) => [file, readText(join(root, file)) ?? '']));
  const scripts = Object.keys(readJson(join(root, 'package.json'))['scripts'] ?? {});

  return documents.flatMap((document) => {
    const text = texts.get(document) ?? '';
    const folder = posix.dirname(document);
    const owner = /^(?:packages|apps)\/[^/]+/.exec(document)?.[0];
    const bases = [...new Set(['.', folder, ...(owner === undefined ? [] : [owner])])];
    const exempt = new Set(
      [...text.matchAll(/<!-- not in this repository: (.*?) -->/g)].flatMap((match) => (match[1] ?? '').split(/\s+/)),
    );
    /** @type {string[]} */
    const faults = [];
    /** @param {number} line @param {string} what */
    const report = (line, what) => faults.push(`${document}:${line}: ${what}`);

    for (const { line, text: code } of codeSpans(text)) {
      const named = pathsIn(code, (first) => bases.some((base) => known.has(posix.join(base, first))));
      for (const path of named) {
        const relative = path.startsWith('./') || path.startsWith('../');
        const candidates = (relative ? [folder, '.'] : bases).map((base) => posix.join(base, path).replace(/\/$/, ''));
        if (!exempt.has(path) && !candidates.some((candidate) => exists(known, candidate))) {
          report(line, `\`${path}\` does not exist`);
        }
      }
    }

    for (const { line, text: target } of linkTargets(text)) {
      if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) continue;
      const [raw = '', fragment] = target.split('#');
      const path = decodeURIComponent(raw.split('?')[0] ?? '');
      const resolved = (
        path === '' ? document : posix.join(path.startsWith('/') ? '.' : folder, path.replace(/^\//, ''))
      ).replace(/\/$/, '');
      if (!exists(known, resolved)) report(line, `the link target ${target} does not exist`);
      else if (fragment !== undefined && fragment !== '' && resolved.endsWith('.md')) {
        const linked = texts.get(resolved);
        if (linked !== undefined && !anchors(linked).has(decodeURIComponent(fragment))) {
          report(line, `the link target ${target} names no heading of ${resolved}`);
        }
      }
    }

    if (owner === undefined) {
      text.split('\n').forEach((content, index) => {
        for (const match of content.matchAll(/\bnpm run (?:--?[\w-]+ )*([\w:-]+)/g)) {
          if (!scripts.includes(match[1] ?? '')) report(index + 1, `the root has no script for "${match[0]}"`);
        }
      });
    }
    return faults;
  });
}

/** @returns {Promise<string[]>} */
export async function checkDocsPaths() {
  return docsPathFaults(repository, await projectFiles());
}

if (isMain(import.meta.url)) await runCheck('docs paths', checkDocsPaths);
