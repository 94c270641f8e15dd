/** So many different indices below a size, spread as evenly as chance has it, and the same at every run: nothing for a compressor to find. */
export function someIndices(count: number, size: number): ReadonlySet<number> {
  const indices = new Set<number>();
  // xorshift32 (Marsaglia, 2003).
  for (let state = 2_463_534_242; indices.size < count;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    indices.add(Math.floor(((state >>> 0) / 2 ** 32) * size));
  }
  return indices;
}
