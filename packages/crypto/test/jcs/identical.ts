/**
 * Whether two JSON values are the same down to the prototype of each object and the sign of each zero. Matchers of
 * the test runner read properties such as `constructor`, which are data here.
 */
export function identical(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const names = Reflect.ownKeys(a);
  if (names.length !== Reflect.ownKeys(b).length) return false;
  return names.every((name) => {
    const left = Object.getOwnPropertyDescriptor(a, name);
    const right = Object.getOwnPropertyDescriptor(b, name);
    if (left === undefined || right === undefined) return false;
    return left.enumerable === right.enumerable && identical(left.value, right.value);
  });
}
