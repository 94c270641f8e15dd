import { McpsError } from '../errors/index.js';
import { checkLimit, isTooLong } from './limits.js';
import { caseFold, likenessesOf } from './skeleton.js';

/**
 * Why two tools may be taken for one another: they have the very same name on different servers; their names differ by letter case or compatibility form
 * (Unicode NFKC) alone; or they look alike (UTS #39), as Latin and Cyrillic letters do, `rn` and `m`, or `0` and `O`.
 */
export type ToolCollisionKind = 'shadowing' | 'case' | 'confusable';

/** Two tools that a model, or a person, may take for one another. */
export interface ToolCollision {
  /** The server that lists the tool now. */
  readonly server: string;
  readonly name: string;
  /** The server that listed the other one, possibly the same. */
  readonly otherServer: string;
  /** Its name: the same, or one that is like it. */
  readonly otherName: string;
  readonly kind: ToolCollisionKind;
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

/** Tools of one likeness that are remembered; more are reported as colliding with these. */
const MAX_NAMESAKES = 16;

/** Notices tools of one name on different servers, and names that are taken for one another. Share one between all connections of an application. */
export class ToolRegistry {
  readonly #byLikeness = new Map<string, readonly Listed[]>();
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
    const likenesses = likenessesOf(name);
    const namesakes = new Set(likenesses.flatMap((likeness) => this.#byLikeness.get(likeness) ?? []));
    const others = [...namesakes].filter((other) => other.server !== server || other.name !== name);
    if (others.length === namesakes.size) this.#add(likenesses, { server, name });
    return others.map((other) => ({
      server,
      name,
      otherServer: other.server,
      otherName: other.name,
      kind: kindOf(name, other.name),
    }));
  }

  #add(likenesses: readonly string[], listed: Listed): void {
    const open = likenesses.filter((likeness) => (this.#byLikeness.get(likeness)?.length ?? 0) < MAX_NAMESAKES);
    if (open.length === 0) return;
    const ofServer = this.#countByServer.get(listed.server) ?? 0;
    if (this.#count >= this.#maxNames || ofServer >= this.#maxPerServer) throw new McpsError('tool_pin_store_full');
    for (const likeness of open) this.#byLikeness.set(likeness, [...(this.#byLikeness.get(likeness) ?? []), listed]);
    this.#countByServer.set(listed.server, ofServer + 1);
    this.#count += 1;
  }
}

function kindOf(name: string, other: string): ToolCollisionKind {
  if (name === other) return 'shadowing';
  return caseFold(name) === caseFold(other) ? 'case' : 'confusable';
}
