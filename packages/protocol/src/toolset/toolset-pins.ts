import { McpsError } from '../errors/index.js';
import { checkLimit, isTooLong } from '../tool/limits.js';
import { isVerified } from '../verified/index.js';
import type { VerifiedToolset } from './types.js';

/** What is remembered of a server's list of tools: the highest version that was accepted, and the list of that version. */
export interface ToolsetPin {
  readonly version: number;
  /** Lower-case hex. */
  readonly root: string;
}

/** Remembers the latest list of tools of each server. Never forgets: when full it refuses to add. */
export interface ToolsetPinStore {
  get(server: string): Promise<ToolsetPin | undefined>;
  /**
   * Keeps a pin where there is none or one of a lower version, atomically, and returns the pin that is kept then. Rejects with `McpsError`
   * `tool_pin_store_full`, and `toolset_malformed` for a server whose name is too long to be kept.
   */
  advance(server: string, pin: ToolsetPin): Promise<ToolsetPin>;
  /** Replaces a pin: a person has decided to begin anew. */
  replace(server: string, pin: ToolsetPin): Promise<void>;
}

/** How much a {@link MemoryToolsetPinStore} holds. */
export interface MemoryToolsetPinStoreOptions {
  /** Servers; default 10,000. */
  readonly maxEntries?: number;
}

/** Pins of lists of tools in memory: they last as long as the process. */
export class MemoryToolsetPinStore implements ToolsetPinStore {
  readonly #pins = new Map<string, ToolsetPin>();
  readonly #maxEntries: number;

  /** @throws ConfigurationError `option_invalid` */
  constructor(options: MemoryToolsetPinStoreOptions = {}) {
    this.#maxEntries = checkLimit('maxEntries', options.maxEntries ?? 10_000);
  }

  get(server: string): Promise<ToolsetPin | undefined> {
    return Promise.resolve(this.#pins.get(server));
  }

  // Without an `await`: what is looked up and what is set belong to one step.
  advance(server: string, pin: ToolsetPin): Promise<ToolsetPin> {
    const known = this.#pins.get(server);
    return known === undefined || pin.version > known.version ? this.#keep(server, pin) : Promise.resolve(known);
  }

  async replace(server: string, pin: ToolsetPin): Promise<void> {
    await this.#keep(server, pin);
  }

  #keep(server: string, { version, root }: ToolsetPin): Promise<ToolsetPin> {
    const isNew = !this.#pins.has(server);
    if (isNew && isTooLong(server)) return Promise.reject(new McpsError('toolset_malformed'));
    if (isNew && this.#pins.size >= this.#maxEntries) return Promise.reject(new McpsError('tool_pin_store_full'));
    const pin = Object.freeze({ version, root });
    this.#pins.set(server, pin);
    return Promise.resolve(pin);
  }
}

/**
 * Holds a verified list to those that were accepted before of this server: the very same list passes under every version, as replicas number it each for
 * itself; another one only under a version that is higher than all before. What was accepted last stays pinned where one is refused.
 *
 * Throws `McpsError`: `toolset_rolled_back`, `tool_pin_store_full`, `toolset_malformed`. `TypeError` for anything but a list that has been verified.
 */
export async function pinToolset(store: ToolsetPinStore, server: string, verified: VerifiedToolset): Promise<void> {
  if (!isVerified(verified, 'toolset')) throw new TypeError('A list that verifyToolset has returned is expected');
  const { version, root } = verified;
  const pinned = await store.advance(server, { version, root });
  if (pinned.root !== root) throw new McpsError('toolset_rolled_back');
}
