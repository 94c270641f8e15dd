import { join } from 'node:path';
import { ConfigurationError } from '@mcps/protocol';
import type { KnownPeers } from '@mcps/protocol';
import { addEntry, fileNameOf, namesIn, readEntry } from './entry-files.js';

/** Endpoints that have spoken MCPS, one file each, named by the hash of the endpoint. Every call rejects with `ConfigurationError` where it cannot be told. */
export class FileKnownPeers implements KnownPeers {
  constructor(
    private readonly folder: string,
    private readonly capacity = 10_000,
  ) {}

  async has(endpoint: string): Promise<boolean> {
    return (await readEntry(this.#pathOf(endpoint))) !== undefined;
  }

  async add(endpoint: string): Promise<void> {
    if (await this.has(endpoint)) return;
    if ((await namesIn(this.folder)).length >= this.capacity) {
      throw new ConfigurationError(
        'state_unavailable',
        'The memory of secure peers is full; nothing in it may be forgotten.',
      );
    }
    await addEntry(this.#pathOf(endpoint), {});
  }

  #pathOf(endpoint: string): string {
    return join(this.folder, `${fileNameOf(endpoint)}.json`);
  }
}
