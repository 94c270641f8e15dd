/** Runs `work` at once; what it returns or throws becomes the promise's outcome, never an exception here. */
export function promised<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
