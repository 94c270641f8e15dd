/** The highest of the numbered statements of an issuer that has been accepted. */
export interface NumberMark {
  readonly number: number;
  /** Lower-case hex SHA-256 of the RFC 8785 form of the statement without its signature: two of one number must agree in it. */
  readonly digest: string;
}

/**
 * Where the highest number of each issuer is remembered, so that an older statement is refused after a newer one, across restarts where it is durable. One
 * for each kind of statement: the numbers of lists, bitmaps, key sets and bundles have nothing to do with one another.
 */
export interface NumberState {
  load(issuer: string): Promise<NumberMark | undefined>;
  save(issuer: string, mark: NumberMark): Promise<void>;
}

/** Numbers in memory: they last as long as the process. As many as there are anchors. */
export class MemoryNumberState implements NumberState {
  readonly #marks = new Map<string, NumberMark>();

  load(issuer: string): Promise<NumberMark | undefined> {
    return Promise.resolve(this.#marks.get(issuer));
  }

  save(issuer: string, mark: NumberMark): Promise<void> {
    this.#marks.set(issuer, mark);
    return Promise.resolve();
  }
}
