import { join } from 'node:path';
import { McpsError } from '@mcps/protocol';
import type { ToolPin, ToolPinStore } from '@mcps/protocol';
import { addEntry, fileNameOf, namesIn, readEntry, replaceEntry, unavailable } from './entry-files.js';

const MAX_NAME_LENGTH = 1_024;

/** Tool pins, one file each, in a folder for each server. To approve a change, delete the file that has the tool's name in it. */
export class FileToolPins implements ToolPinStore {
  constructor(
    private readonly folder: string,
    private readonly maxPerServer = 10_000,
  ) {}

  async get(server: string, name: string): Promise<ToolPin | undefined> {
    const path = this.#pathOf(server, name);
    const entry = await readEntry(path);
    if (entry === undefined) return undefined;
    const { name: pinned, toolHash, signedBy } = entry;
    if (pinned !== name || typeof toolHash !== 'string' || typeof signedBy !== 'string') throw unavailable(path);
    return { toolHash, signedBy };
  }

  async add(server: string, name: string, pin: ToolPin): Promise<ToolPin> {
    const known = await this.get(server, name);
    if (known !== undefined) return known;
    if (name.length > MAX_NAME_LENGTH) throw new McpsError('tool_malformed');
    const count = (await namesIn(join(this.folder, fileNameOf(server)))).length;
    if (count >= this.maxPerServer) throw new McpsError('tool_pin_store_full');
    if (await addEntry(this.#pathOf(server, name), entryOf(name, pin))) return pin;
    // Another process was first.
    return (await this.get(server, name)) ?? this.add(server, name, pin);
  }

  async replace(server: string, name: string, pin: ToolPin): Promise<void> {
    await replaceEntry(this.#pathOf(server, name), entryOf(name, pin));
  }

  #pathOf(server: string, name: string): string {
    return join(this.folder, fileNameOf(server), `${fileNameOf(name)}.json`);
  }
}

function entryOf(name: string, { toolHash, signedBy }: ToolPin): { name: string; toolHash: string; signedBy: string } {
  return { name, toolHash, signedBy };
}
