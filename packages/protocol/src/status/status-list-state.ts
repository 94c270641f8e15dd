/** The highest list of an issuer that has been accepted. */
export interface StatusListMark {
  readonly number: number;
  /** Lower-case hex SHA-256 of the list's content, see `VerifiedStatusList`. */
  readonly digest: string;
}

/** Where the highest list number of each issuer is remembered, so that an older list is refused after a newer one, across restarts where it is durable. */
export interface StatusListState {
  load(issuer: string): Promise<StatusListMark | undefined>;
  save(issuer: string, mark: StatusListMark): Promise<void>;
}

/** List numbers in memory: they last as long as the process. As many as there are anchors. */
export class MemoryStatusListState implements StatusListState {
  readonly #marks = new Map<string, StatusListMark>();

  load(issuer: string): Promise<StatusListMark | undefined> {
    return Promise.resolve(this.#marks.get(issuer));
  }

  save(issuer: string, mark: StatusListMark): Promise<void> {
    this.#marks.set(issuer, mark);
    return Promise.resolve();
  }
}
