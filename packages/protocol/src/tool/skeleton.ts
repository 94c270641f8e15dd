import { CONFUSABLES } from './confusables-data.js';

const DEFAULT_IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Read at the first use: most programs never ask. */
let prototypes: ReadonlyMap<string, string> | undefined;

/**
 * The skeleton of UTS #39 (section 4) of a text in NFKC: two texts that look alike have one. What no eye sees (zero-width characters, controls of direction)
 * is left out. A skeleton is there to be compared, not to be shown.
 */
export function skeletonOf(text: string): string {
  prototypes ??= readPrototypes();
  let skeleton = '';
  for (const character of text.normalize('NFKD').replace(DEFAULT_IGNORABLE, '')) {
    skeleton += prototypes.get(character) ?? character;
  }
  return skeleton.normalize('NFD');
}

/** The name without what differs by letter case or compatibility form alone. */
export function caseFold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/**
 * What a name may be taken for, in one form or two: two names are alike where they share one. Letter case is folded first in the one and last in the
 * other, since `I` is like `l` and `i` is not, while `M` is like `rn` only as `m`.
 */
export function likenessesOf(name: string): readonly string[] {
  const lowered = skeletonOf(caseFold(name)).toLowerCase();
  const looks = skeletonOf(skeletonOf(name).toLowerCase()).toLowerCase();
  return lowered === looks ? [lowered] : [lowered, looks];
}

function readPrototypes(): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  const words = CONFUSABLES.trim().split(/\s+/);
  let source = 0;
  for (let index = 0; index + 1 < words.length; index += 2) {
    source += codeOf(words[index]);
    const target = (words[index + 1] ?? '').split('+').map(codeOf);
    map.set(String.fromCodePoint(source), String.fromCodePoint(...target));
  }
  return map;
}

function codeOf(digits: string | undefined): number {
  return Number.parseInt(digits ?? '', 36);
}
