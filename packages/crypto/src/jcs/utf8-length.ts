/** A UTF-16 code unit takes at most three bytes of UTF-8; a surrogate pair takes four. */
const MAX_BYTES_OF_UNIT = 3;

/** Whether the UTF-8 form of `text` is longer than `maxBytes`; counts only when a bound on it does not tell. */
export function exceedsUtf8Length(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * MAX_BYTES_OF_UNIT > maxBytes && utf8Length(text) > maxBytes;
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    const isHalfOfPair = unit >= 0xd800 && unit <= 0xdfff;
    if (unit >= 0x800 && !isHalfOfPair) length += 2;
    else if (unit >= 0x80) length += 1;
  }
  return length;
}
