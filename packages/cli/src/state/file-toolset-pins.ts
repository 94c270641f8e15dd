import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolsetPin, ToolsetPinStore } from '@mcps/protocol';
import { addEntry, fileNameOf, namesIn, readEntry, unavailable } from './entry-files.js';

/**
 * The latest list of tools of each server: a folder for each, and in it a file for each version, of which the highest counts. Two processes that come with two
 * versions at the same time end with the higher one, whoever is first.
 */
export class FileToolsetPins implements ToolsetPinStore {
  constructor(private readonly folder: string) {}

  async get(server: string): Promise<ToolsetPin | undefined> {
    const version = (await this.#versions(server)).at(-1);
    if (version === undefined) return undefined;
    const path = this.#pathOf(server, version);
    const entry = await readEntry(path);
    // A higher one has come, and this one is gone.
    if (entry === undefined) return this.get(server);
    const { root } = entry;
    if (typeof root !== 'string') throw unavailable(path);
    return { version, root };
  }

  async advance(server: string, { version, root }: ToolsetPin): Promise<ToolsetPin> {
    const known = await this.get(server);
    if (known !== undefined && version <= known.version) return known;
    await addEntry(this.#pathOf(server, version), { root });
    const kept = await this.get(server);
    await this.#forget(server, (old) => kept !== undefined && old < kept.version);
    return kept ?? { version, root };
  }

  async replace(server: string, { version, root }: ToolsetPin): Promise<void> {
    await this.#forget(server, () => true);
    await addEntry(this.#pathOf(server, version), { root });
  }

  async #versions(server: string): Promise<readonly number[]> {
    const names = await namesIn(join(this.folder, fileNameOf(server)));
    const versions = names.flatMap((name) => (/^\d{1,16}\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
    return versions.sort((one, other) => one - other);
  }

  async #forget(server: string, isOld: (version: number) => boolean): Promise<void> {
    for (const version of (await this.#versions(server)).filter(isOld)) {
      await unlink(this.#pathOf(server, version)).catch(() => undefined);
    }
  }

  #pathOf(server: string, version: number): string {
    return join(this.folder, fileNameOf(server), `${version}.json`);
  }
}
