/** What was thrown, as an error: callbacks and rejections of other people's code need not be one. */
export function asError(thrown: unknown, context: string): Error {
  return thrown instanceof Error ? thrown : new Error(context, { cause: thrown });
}
