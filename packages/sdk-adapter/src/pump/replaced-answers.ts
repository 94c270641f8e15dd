/** Beside the errors and not on them: they are the application's, and of many classes. */
const replaced = new WeakSet<Error>();

/** Notes that an answer which failed with this error was not lost: whoever waits for it is sent an error in its place. */
export function noteReplaced(error: Error): void {
  replaced.add(error);
}

/** Whether whoever waits for the answer that failed with this error is sent another in its place. */
export function isReplaced(error: Error): boolean {
  return replaced.has(error);
}
