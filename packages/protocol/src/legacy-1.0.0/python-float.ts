/**
 * Writes a finite double as Python's `repr` does: the shortest digits that read back as the same double, fixed notation from 1e-4 up to below
 * 1e16 and always with a decimal point (`1.0`), otherwise scientific with a sign and at least two digits of exponent (`1e-07`, `1e+16`).
 *
 * ECMAScript finds the same shortest digits; only the notation differs.
 */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('Only a finite number can be written');
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const sign = value < 0 ? '-' : '';
  const scientific = Math.abs(value).toExponential();
  const split = scientific.indexOf('e');
  const digits = scientific.slice(0, split).replace('.', '');
  const exponent = Number(scientific.slice(split + 1));
  if (exponent < -4 || exponent >= 16) return sign + withExponent(digits, exponent);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}.${fraction === '' ? '0' : fraction}`;
}

function withExponent(digits: string, exponent: number): string {
  const fraction = digits.length === 1 ? '' : `.${digits.slice(1)}`;
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits.charAt(0)}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}
