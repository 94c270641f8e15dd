import { McpsError } from '../errors/index.js';
import { isVerified } from '../verified/index.js';
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
   * `tool_pin_store_full`.
   */
  add(server: string, name: string, pin: ToolPin): Promise<ToolPin>;
  /** Replaces a pin: a person has approved the change. */
  replace(server: string, name: string, pin: ToolPin): Promise<void>;
}

/** Tool pins in memory: they last as long as the process. */
export class MemoryToolPinStore implements ToolPinStore {
  readonly #pins = new Map<string, ToolPin>();
  readonly #maxEntries: number;

  constructor(options: { readonly maxEntries?: number } = {}) {
    this.#maxEntries = options.maxEntries ?? 100_000;
  }

  get(server: string, name: string): Promise<ToolPin | undefined> {
    return Promise.resolve(this.#pins.get(keyOf(server, name)));
  }

  add(server: string, name: string, pin: ToolPin): Promise<ToolPin> {
    const key = keyOf(server, name);
    const known = this.#pins.get(key);
    if (known !== undefined) return Promise.resolve(known);
    if (this.#pins.size >= this.#maxEntries) return Promise.reject(new McpsError('tool_pin_store_full'));
    this.#pins.set(key, Object.freeze({ ...pin }));
    return Promise.resolve(pin);
  }

  async replace(server: string, name: string, pin: ToolPin): Promise<void> {
    const key = keyOf(server, name);
    if (!this.#pins.has(key)) await this.add(server, name, pin);
    else this.#pins.set(key, Object.freeze({ ...pin }));
  }
}

/**
 * Pins a verified tool at first sight, and holds it to its pin from then on. A tool that has changed is refused, whoever signed the change; the pin stays as
 * it was.
 *
 * Throws `McpsError`: `tool_pin_changed`, `tool_pin_store_full`. `TypeError` for anything but what `verifyTool` returned.
 */
export async function pinTool(store: ToolPinStore, server: string, verified: VerifiedTool): Promise<void> {
  if (!isVerified(verified, 'tool')) throw new TypeError('A tool that verifyTool has returned is expected');
  const { name, toolHash, signedBy } = verified;
  const pinned = await store.add(server, name, { toolHash, signedBy });
  if (pinned.toolHash !== toolHash || pinned.signedBy !== signedBy) throw new McpsError('tool_pin_changed');
}

/** The length goes first, so that no two pairs of names have one key. */
function keyOf(server: string, name: string): string {
  return `${String(server.length)}:${server}${name}`;
}
