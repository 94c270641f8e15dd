import { signToolset, toolsetRoot } from '@mcps/protocol';
import type { JsonObject, SecurityConfig, SignedToolset } from '@mcps/protocol';

/** States the lists of one server: one for all connections that share their options, so that a list that has not changed is signed once. */
export class ToolsetLedger {
  #latest: { readonly root: string; readonly statement: Promise<SignedToolset> } | undefined;
  #version = -1;

  /** @param version of the list as the application numbers it; otherwise it is the time at which the list was first seen after another. */
  constructor(
    private readonly config: SecurityConfig,
    private readonly version: (() => number) | undefined,
  ) {}

  /** The statement over a whole list. Rejects with what `signToolset` throws. */
  async state(tools: readonly JsonObject[]): Promise<SignedToolset> {
    const root = await toolsetRoot(tools);
    if (this.version === undefined && this.#latest?.root === root) return this.#latest.statement;
    const version = this.version?.() ?? this.#nextVersion();
    const { passport, key, clock } = this.config;
    const statement = signToolset(tools, { passportId: passport.passport_id, key, clock, version });
    this.#latest = { root, statement };
    // One that could not be signed is tried again.
    statement.catch(() => (this.#latest = undefined));
    return statement;
  }

  /** A list that comes back after another is newer than that one, too. */
  #nextVersion(): number {
    this.#version = Math.max(this.#version + 1, this.config.clock());
    return this.#version;
  }
}
