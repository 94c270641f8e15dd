import { McpsError } from '../errors/index.js';
import { checkLimit, isTooLong } from './limits.js';

/** Two tools that a model, or a person, may take for one another. */
export interface ToolCollision {
  /** The server that lists the tool now. */
  readonly server: string;
  readonly name: string;
  /** The server that listed the other one, possibly the same. */
  readonly otherServer: string;
  /** Its name: the same, or one that differs by letter case or compatibility form (Unicode NFKC) alone. */
  readonly otherName: string;
}

/** How much a {@link ToolRegistry} holds. */
export interface ToolRegistryOptions {
  /** Tools in all; default 100,000. */
  readonly maxNames?: number;
  /** Tools of one server, so that none can use up the room of the others; default 10,000. */
  readonly maxPerServer?: number;
}

interface Listed {
  readonly server: string;
  readonly name: string;
}

/** Tools of one folded name that are remembered; more are reported as colliding with these. */
const MAX_NAMESAKES = 16;

/**
 * Notices tools of one name on different servers, and names that differ by letter case alone. Share one between all
 * connections of an application.
 */
export class ToolRegistry {
  readonly #byFoldedName = new Map<string, readonly Listed[]>();
  readonly #countByServer = new Map<string, number>();
  readonly #maxNames: number;
  readonly #maxPerServer: number;
  #count = 0;

  /** @throws ConfigurationError `option_invalid` */
  constructor(options: ToolRegistryOptions = {}) {
    this.#maxNames = checkLimit('maxNames', options.maxNames ?? 100_000);
    this.#maxPerServer = checkLimit('maxPerServer', options.maxPerServer ?? 10_000);
  }

  /**
   * Notes that a server lists a tool; returns what it collides with. Listing the same tool again is no collision with itself.
   *
   * Throws `McpsError`: `tool_pin_store_full` where there is no room to remember it, since a later namesake would go unnoticed;
   * `tool_malformed` for a name that is too long to be remembered.
   */
  note(server: string, name: string): readonly ToolCollision[] {
    if (isTooLong(name) || isTooLong(server)) throw new McpsError('tool_malformed');
    const folded = name.normalize('NFKC').toLowerCase();
    const namesakes = this.#byFoldedName.get(folded) ?? [];
    const others = namesakes.filter((other) => other.server !== server || other.name !== name);
    const isNew = others.length === namesakes.length;
    if (isNew && namesakes.length < MAX_NAMESAKES) this.#add(folded, [...namesakes, { server, name }], server);
    return others.map((other) => ({ server, name, otherServer: other.server, otherName: other.name }));
  }

  #add(folded: string, namesakes: readonly Listed[], server: string): void {
    const ofServer = this.#countByServer.get(server) ?? 0;
    if (this.#count >= this.#maxNames || ofServer >= this.#maxPerServer) throw new McpsError('tool_pin_store_full');
    this.#byFoldedName.set(folded, namesakes);
    this.#countByServer.set(server, ofServer + 1);
    this.#count += 1;
  }
}
