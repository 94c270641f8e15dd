/**
 * Whether a double stands for a JSON number well enough that every reader agrees on it: no overflow, no
 * underflow to zero, and nothing beyond ±(2^53 - 1), where doubles skip integers (RFC 8259, section 6; RFC 7493,
 * section 2.2). Fractions are rounded to the nearest double.
 */
export function isRepresentable(token: string): boolean {
  const value = Number(token);
  if (value === 0) return !hasNonZeroDigit(token);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function hasNonZeroDigit(token: string): boolean {
  const [significand = ''] = token.toLowerCase().split('e');
  return /[1-9]/.test(significand);
}
