const ESCAPE = '\\ud';
const BACKSLASH = 0x5c;

/**
 * Whether a text that JSON.stringify made of strings has a lone surrogate in any of them. JSON.stringify
 * writes those, and only those, as an escape that starts with `\ud`; a backslash of the string itself is doubled,
 * so it stands in front of `ud` an even number of times. One search of the whole text is far cheaper than
 * a look at every string.
 */
export function hasEscapedSurrogate(text: string): boolean {
  for (let at = text.indexOf(ESCAPE); at !== -1; at = text.indexOf(ESCAPE, at + ESCAPE.length)) {
    let start = at;
    while (start > 0 && text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
    if ((at - start) % 2 === 0) return true;
  }
  return false;
}
