import { McpsError } from '../errors/index.js';
import { isVerified } from '../verified/index.js';
import { checkLimit, isTooLong } from './limits.js';
import type { VerifiedTool } from './types.js';

/** What is remembered of a tool: its hash, and who had signed it. */
export interface ToolPin {
  /** Lower-case hex. */
  readonly toolHash: string;
  readonly signedBy: string;
}

/** Remembers tools from one listing to the next, by server and name. Never forgets: when full it refuses to add. */
export interface ToolPinStore {
  get(server: string, name: string): Promise<ToolPin | undefined>;
  /**
   * Keeps a pin where there is none, atomically, and returns the pin that is kept: the one that was there first. Rejects with `McpsError`
   * `tool_pin_store_full`, and `tool_malformed` for a name that is too long to be kept.
   */
  add(server: string, name: string, pin: ToolPin): Promise<ToolPin>;
  /** Replaces a pin: a person has approved the change. */
  replace(server: string, name: string, pin: ToolPin): Promise<void>;
}

/** How much a {@link MemoryToolPinStore} holds. */
export interface MemoryToolPinStoreOptions {
  /** Pins in all; default 100,000. */
  readonly maxEntries?: number;
  /** Pins of one server, so that none can use up the room of the others; default 10,000. */
  readonly maxPerServer?: number;
}

/** Tool pins in memory: they last as long as the process. */
export class MemoryToolPinStore implements ToolPinStore {
  readonly #servers = new Map<string, Map<string, ToolPin>>();
  readonly #maxEntries: number;
  readonly #maxPerServer: number;
  #entries = 0;

  /** @throws ConfigurationError `option_invalid` */
  constructor(options: MemoryToolPinStoreOptions = {}) {
    this.#maxEntries = checkLimit('maxEntries', options.maxEntries ?? 100_000);
    this.#maxPerServer = checkLimit('maxPerServer', options.maxPerServer ?? 10_000);
  }

  get(server: string, name: string): Promise<ToolPin | undefined> {
    return Promise.resolve(this.#servers.get(server)?.get(name));
  }

  // Without an `await`: what is looked up and what is set belong to one step.
  add(server: string, name: string, pin: ToolPin): Promise<ToolPin> {
    const known = this.#servers.get(server)?.get(name);
    return known === undefined ? this.#keep(server, name, pin) : Promise.resolve(known);
  }

  async replace(server: string, name: string, pin: ToolPin): Promise<void> {
    await this.#keep(server, name, pin);
  }

  #keep(server: string, name: string, { toolHash, signedBy }: ToolPin): Promise<ToolPin> {
    const pins = this.#servers.get(server) ?? new Map<string, ToolPin>();
    const isNew = !pins.has(name);
    if (isNew && (isTooLong(server) || isTooLong(name))) return Promise.reject(new McpsError('tool_malformed'));
    if (isNew && (this.#entries >= this.#maxEntries || pins.size >= this.#maxPerServer)) {
      return Promise.reject(new McpsError('tool_pin_store_full'));
    }
    const pin = Object.freeze({ toolHash, signedBy });
    this.#servers.set(server, pins.set(name, pin));
    if (isNew) this.#entries += 1;
    return Promise.resolve(pin);
  }
}

/**
 * Pins a verified tool at first sight, and holds it to its pin from then on. A tool that has changed is refused, whoever
 * signed the change; the pin stays as it was.
 *
 * Throws `McpsError`: `tool_pin_changed`, `tool_pin_store_full`, `tool_malformed`. `TypeError` for anything but what `verifyTool` returned.
 */
export async function pinTool(store: ToolPinStore, server: string, verified: VerifiedTool): Promise<void> {
  if (!isVerified(verified, 'tool')) throw new TypeError('A tool that verifyTool has returned is expected');
  const { name, toolHash, signedBy } = verified;
  const pinned = await store.add(server, name, { toolHash, signedBy });
  if (pinned.toolHash !== toolHash || pinned.signedBy !== signedBy) throw new McpsError('tool_pin_changed');
}
