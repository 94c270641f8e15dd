/** The furthest state of an authority's log that has been believed. */
export interface TreeHeadMark {
  /** Absent until a signed tree head has told. */
  readonly era?: number;
  readonly epoch: number;
  readonly tree_size: number;
  /** Lower-case hex. */
  readonly root_hash: string;
}

/** Where the furthest state of each authority's log is remembered, across restarts where it is durable. */
export interface TreeHeadState {
  load(authority: string): Promise<TreeHeadMark | undefined>;
  save(authority: string, mark: TreeHeadMark): Promise<void>;
}

/** States of logs in memory: they last as long as the process. As many as there are anchors. */
export class MemoryTreeHeadState implements TreeHeadState {
  readonly #marks = new Map<string, TreeHeadMark>();

  load(authority: string): Promise<TreeHeadMark | undefined> {
    return Promise.resolve(this.#marks.get(authority));
  }

  save(authority: string, mark: TreeHeadMark): Promise<void> {
    this.#marks.set(authority, mark);
    return Promise.resolve();
  }
}
