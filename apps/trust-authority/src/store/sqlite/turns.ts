/** Hands a turn from one to the next, in the order in which they asked. */
export class Turns {
  #isTaken = false;
  readonly #waiting: (() => void)[] = [];

  async take(): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}

const turnsOfFiles = new Map<string, WeakRef<Turns>>();

/**
 * The turns of those in this process who write to one file. SQLite's own lock is for other processes: whoever waits for it occupies one of the few threads
 * in which the holder would have to commit.
 *
 * @param path resolved, without symbolic links
 */
export function turnsOf(path: string): Turns {
  const known = turnsOfFiles.get(path)?.deref();
  if (known !== undefined) return known;
  for (const [file, turns] of turnsOfFiles) {
    if (turns.deref() === undefined) turnsOfFiles.delete(file);
  }
  const turns = new Turns();
  turnsOfFiles.set(path, new WeakRef(turns));
  return turns;
}
