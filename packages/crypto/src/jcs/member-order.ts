import type { Member } from './member.js';
import { MAX_KEPT_NAME_LENGTH, memberOf } from './member.js';

/** Messages of one kind repeat the same names in the same order, so their canonical order is kept. */
interface Shape {
  /** Names in the order in which the object has them. */
  readonly names: readonly string[];
  readonly order: readonly Member[];
}

const MAX_SHAPES = 512;
const MAX_SHAPES_OF_FIRST_NAME = 8;
const MAX_NAMES_OF_SHAPE = 24;

/** One miss in so many is kept: names that come once cannot drive out those that come often. */
const MISSES_PER_ADMISSION = 8;

/** Sorting by hand wins on lists as short as those of most objects. */
const INSERTION_SORT_LENGTH = 12;

const shapesByFirstName = new Map<string, Shape[]>();
let shapeCount = 0;
let misses = 0;

/**
 * The members called `names`, sorted by UTF-16 code units (RFC 8785, section 3.2.3).
 * `names` is not empty; it may be sorted in place.
 */
export function memberOrder(names: string[]): readonly Member[] {
  const shapes = shapesByFirstName.get(names[0] ?? '');
  if (shapes !== undefined) {
    for (const shape of shapes) if (sameNames(shape.names, names)) return shape.order;
  }
  misses += 1;
  if (misses < MISSES_PER_ADMISSION) return sort(names).map(memberOf);
  misses = 0;
  const shape = { names: [...names], order: sort(names).map(memberOf) };
  if (isKeepable(shape.names)) keep(shape, shapes);
  return shape.order;
}

function isKeepable(names: readonly string[]): boolean {
  return names.length <= MAX_NAMES_OF_SHAPE && names.every((name) => name.length <= MAX_KEPT_NAME_LENGTH);
}

function keep(shape: Shape, shapes: Shape[] | undefined): void {
  if (shapes !== undefined && shapes.length >= MAX_SHAPES_OF_FIRST_NAME) {
    shapes.shift();
    shapes.push(shape);
    return;
  }
  if (shapeCount >= MAX_SHAPES) {
    shapesByFirstName.clear();
    shapeCount = 0;
  }
  const [first = ''] = shape.names;
  const kept = shapesByFirstName.get(first);
  if (kept === undefined) shapesByFirstName.set(first, [shape]);
  else kept.push(shape);
  shapeCount += 1;
}

/** Whether two lists with the same first name are the same. */
function sameNames(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 1; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** Sorts in place. Relational operators and `sort` both compare strings by UTF-16 code units. */
function sort(names: string[]): string[] {
  if (names.length > INSERTION_SORT_LENGTH) return names.sort();
  for (let i = 1; i < names.length; i += 1) {
    const name = names[i] ?? '';
    let at = i;
    for (; at > 0; at -= 1) {
      const before = names[at - 1] ?? '';
      if (before <= name) break;
      names[at] = before;
    }
    names[at] = name;
  }
  return names;
}
