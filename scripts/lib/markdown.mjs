/**
 * @typedef {object} Mention
 * @property {number} line counted from 1
 * @property {string} text
 */

/**
 * The lines of a document outside its fenced code, with their numbers.
 *
 * @param {string} markdown
 * @returns {Mention[]}
 */
function prose(markdown) {
  /** @type {Mention[]} */
  const lines = [];
  /** @type {string | undefined} */
  let fence;
  markdown.split(/\r?\n/).forEach((text, index) => {
    const mark = /^\s*(?:>\s*)*(`{3,}|~{3,})/.exec(text)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence)) fence = undefined;
    } else if (mark !== undefined) fence = mark;
    else lines.push({ line: index + 1, text });
  });
  return lines;
}

/**
 * @param {string} markdown
 * @returns {Mention[]} the content of every inline code span
 */
export function codeSpans(markdown) {
  return prose(markdown).flatMap(({ line, text }) =>
    [...text.matchAll(/(`+)(.+?)\1(?!`)/g)].map((match) => ({ line, text: (match[2] ?? '').trim() })),
  );
}

/**
 * @param {string} markdown
 * @returns {Mention[]} the target of every link, image and reference
 */
export function linkTargets(markdown) {
  const link = /\]\(\s*<?([^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+["'(][^)]*)?\s*\)/g;
  const html = /\b(?:href|src)="([^"]+)"/g;
  const reference = /^\s{0,3}\[[^\]^]+\]:\s*<?([^\s>]+)>?/g;
  return prose(markdown).flatMap(({ line, text }) => {
    const plain = text.replace(/(`+)(.+?)\1(?!`)/g, '');
    return [link, html, reference].flatMap((pattern) =>
      [...plain.matchAll(pattern)].map((match) => ({ line, text: match[1] ?? '' })),
    );
  });
}

/**
 * @param {string} markdown
 * @returns {Set<string>} the fragments that a link to this document can name
 */
export function anchors(markdown) {
  /** @type {Set<string>} */
  const found = new Set();
  for (const { text } of prose(markdown)) {
    for (const match of text.matchAll(/<\w+[^>]*\s(?:id|name)="([^"]+)"/g)) found.add(match[1] ?? '');
    const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(text)?.[1];
    if (heading === undefined) continue;
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let unique = slug;
    for (let n = 1; found.has(unique); n += 1) unique = `${slug}-${n}`;
    found.add(unique);
  }
  return found;
}
