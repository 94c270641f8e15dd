import { McpsError } from '../errors/index.js';
import { SUPPORTED_VERSIONS } from '../revision/index.js';

/** Versions are two or three numbers of at most nine digits, without leading zeros. */
const VERSION = /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){1,2}$/;

/** Most versions of an offer that are looked at. */
const MAX_OFFERED = 32;

/**
 * The highest version that both sides speak, compared number by number: `1.10` is higher than `1.9`. Entries of the offer that are no version
 * are passed over, as a later revision may write its version in another form; so is all beyond the 32nd.
 *
 * Throws `McpsError` `no_common_version`, whose `details.versions` are the supported ones.
 */
export function negotiateVersion(
  offered: readonly string[],
  supported: readonly string[] = SUPPORTED_VERSIONS,
): string {
  const offer = new Set<unknown>(offered.slice(0, MAX_OFFERED));
  let best: string | undefined;
  for (const version of supported) {
    if (offer.has(version) && VERSION.test(version) && (best === undefined || compareVersions(version, best) > 0)) {
      best = version;
    }
  }
  if (best === undefined) throw new McpsError('no_common_version', { versions: [...supported] });
  return best;
}

/**
 * Compares two versions number by number, missing numbers counting as 0: negative, zero or positive, for sorting.
 *
 * Throws `TypeError` for a text that is no version.
 */
export function compareVersions(left: string, right: string): number {
  if (!VERSION.test(left) || !VERSION.test(right))
    throw new TypeError('Not a version: two or three numbers between dots');
  const a = left.split('.').map(Number);
  const b = right.split('.').map(Number);
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
