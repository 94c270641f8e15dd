const MAX_LENGTH = 256;
/** Control characters, lone surrogates, separators of lines and paragraphs, and what turns the direction of text: all can forge what a reader of a log sees. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * A text from somewhere else, fit for a log: every unsafe character is U+FFFD, and one of more than 256 UTF-16 units is cut at a whole character and ends in `…`.
 */
export function cleanText(text: string): string {
  if (text.length <= MAX_LENGTH) return text.replace(UNSAFE, '\ufffd');
  // Cut first: the text may be megabytes. A pair that is cut in half is unsafe, and replaced.
  return `${text.slice(0, MAX_LENGTH - 1).replace(UNSAFE, '\ufffd')}…`;
}
