/** Two tools that a model, or a person, may take for one another. */
export interface ToolCollision {
  /** The server that lists the tool now. */
  readonly server: string;
  readonly name: string;
  /** The server that listed the other one, possibly the same. */
  readonly otherServer: string;
  /** Its name: the same, or one that differs by letter case alone. */
  readonly otherName: string;
}

/** Tools of one folded name that are remembered; more are reported as colliding with these. */
const MAX_NAMESAKES = 16;

/** Notices tools of one name on different servers, and names that differ by letter case alone. Share one between all connections of an application. */
export class ToolRegistry {
  readonly #byFoldedName = new Map<string, { readonly server: string; readonly name: string }[]>();
  readonly #maxNames: number;

  constructor(options: { readonly maxNames?: number } = {}) {
    this.#maxNames = options.maxNames ?? 100_000;
  }

  /** Notes that a server lists a tool; returns what it collides with. Listing the same tool again is no collision with itself. */
  note(server: string, name: string): readonly ToolCollision[] {
    const folded = name.normalize('NFKC').toLowerCase();
    const namesakes = this.#byFoldedName.get(folded) ?? [];
    const others = namesakes.filter((other) => other.server !== server || other.name !== name);
    const isNew = others.length === namesakes.length;
    if (isNew && namesakes.length < MAX_NAMESAKES) this.#add(folded, namesakes, { server, name });
    return others.map((other) => ({ server, name, otherServer: other.server, otherName: other.name }));
  }

  #add(folded: string, namesakes: { server: string; name: string }[], entry: { server: string; name: string }): void {
    if (namesakes.length === 0 && this.#byFoldedName.size >= this.#maxNames) return;
    this.#byFoldedName.set(folded, [...namesakes, entry]);
  }
}
