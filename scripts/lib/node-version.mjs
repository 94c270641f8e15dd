/**
 * @param {string} version `20.19.0` or `v20.19.0`; missing parts count as 0.
 * @returns {[number, number, number]}
 */
function parse(version) {
  const [major = 0, minor = 0, patch = 0] = version
    .replace(/^v/, '')
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  return [major, minor, patch];
}

/**
 * @param {[number, number, number]} a
 * @param {[number, number, number]} b
 * @returns {boolean} a is b or later
 */
function isAtLeast(a, b) {
  for (let i = 0; i < 3; i += 1) {
    const left = a[i] ?? 0;
    const right = b[i] ?? 0;
    if (left !== right) return left > right;
  }
  return true;
}

/**
 * Decides whether a Node version fits a range. Understands what `engines` of the root package.json uses: alternatives
 * (`||`) of `^x.y.z` and `>=x.y.z`. Anything else throws, so that an edit of the range cannot silently match nothing.
 *
 * @param {string} range
 * @param {string} version
 * @returns {boolean}
 */
export function satisfies(range, version) {
  const have = parse(version);
  return range.split('||').some((alternative) => {
    const match = /^\s*(\^|>=)\s*(\d+(?:\.\d+){0,2})\s*$/.exec(alternative);
    if (match === null) throw new Error(`cannot read the Node version range "${range}"`);
    const floor = parse(match[2] ?? '');
    return isAtLeast(have, floor) && (match[1] === '>=' || have[0] === floor[0]);
  });
}
