/** A mistake of whoever called the program: the message says what is needed instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
