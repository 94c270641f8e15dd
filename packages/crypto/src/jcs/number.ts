/**
 * Whether a double stands for a JSON number well enough that every reader agrees on it: no overflow and no underflow to
 * zero (RFC 8259, section 6), and an integer beyond ±(2^53 - 1), where doubles skip integers (RFC 7493, section 2.2),
 * only as RFC 8785 spells the double. What has a fraction or an exponent is rounded to the nearest double.
 *
 * A reader with integers of any size takes such a spelling for another number than its neighbours, which all have one
 * canonical form: with one spelling alone, nobody on the way can put another in its place.
 */
export function isRepresentable(token: string): boolean {
  const value = Number(token);
  if (value === 0) return !hasNonZeroDigit(token);
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return true;
  return Number.isFinite(value) && (!INTEGER.test(token) || String(value) === token);
}

const INTEGER = /^-?[0-9]+$/;

function hasNonZeroDigit(token: string): boolean {
  const [significand = ''] = token.toLowerCase().split('e');
  return /[1-9]/.test(significand);
}
