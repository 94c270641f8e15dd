import { McpsError, ToolsetListing, TOOLSET_KEY, pinToolset } from '@mcps/protocol';
import type { JsonObject, ToolSignerKeys, ToolsetPinStore } from '@mcps/protocol';
import { isObject, member } from '../json-object.js';

/** How many listings may be under way on a connection: of the others the pages that are still to come cannot be held together. */
const MAX_LISTINGS = 100;

/** Where a page comes from. */
export interface PageOrigin {
  readonly server: string;
  /** The cursor that it was asked for with; `undefined` for the first page. */
  readonly cursor: string | undefined;
  readonly signers: ToolSignerKeys;
}

/** Holds the pages of listings together, each to what was stated of the whole list. */
export class ClientListings {
  /** Listings that go on, by the cursor of their next page; the oldest first. */
  readonly #open = new Map<string, ToolsetListing>();

  /** @param required whether a list needs a statement; `undefined`: where this server has had one before. */
  constructor(
    private readonly pins: ToolsetPinStore,
    private readonly required: boolean | undefined,
  ) {}

  /** The names of the tools on the pages before this one. */
  namesBefore(cursor: string | undefined): readonly string[] {
    return cursor === undefined ? [] : (this.#open.get(cursor)?.names ?? []);
  }

  /**
   * Takes a page. On return its list is complete and is the one that was stated, or there is more to come, or it needs no statement and has none of a signer
   * that counts.
   *
   * Rejects with `McpsError` of a reason `toolset_…`, `tool_malformed` or `tool_pin_store_full`, and with what the stores reject with.
   */
  async take(result: JsonObject, { server, cursor, signers }: PageOrigin): Promise<void> {
    const isRequired = this.required ?? (await this.pins.get(server)) !== undefined;
    if (!isRequired && !hasStatement(result)) return;
    const before = cursor === undefined ? ToolsetListing.start() : this.#open.get(cursor);
    if (before === undefined) {
      if (isRequired) throw new McpsError('toolset_mismatch');
      return;
    }
    const listing = await this.#next(before, result, signers, isRequired);
    if (listing === undefined) return;
    const { toolset } = listing;
    if (toolset !== undefined) await pinToolset(this.pins, server, toolset);
    else this.#keep(String(member(result, 'nextCursor')), listing);
  }

  async #next(
    before: ToolsetListing,
    result: JsonObject,
    signers: ToolSignerKeys,
    isRequired: boolean,
  ): Promise<ToolsetListing | undefined> {
    try {
      return await before.next(result, signers);
    } catch (error) {
      // A statement by somebody whose word does not count says nothing, and takes nothing from the tools.
      const isNobodys = error instanceof McpsError && error.reason === 'toolset_signer_unknown';
      if (isNobodys && !isRequired) return undefined;
      throw error;
    }
  }

  #keep(cursor: string, listing: ToolsetListing): void {
    this.#open.delete(cursor);
    this.#open.set(cursor, listing);
    if (this.#open.size <= MAX_LISTINGS) return;
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      break;
    }
  }
}

function hasStatement(result: JsonObject): boolean {
  return statementIn(result) !== undefined;
}

/** A page without the statement of the server itself, which has served its purpose. That of an author is kept: a bridge hands it on. */
export function withoutOwnStatement(result: JsonObject, passportId: string | undefined): JsonObject {
  const statement = statementIn(result);
  if (!isObject(statement) || passportId === undefined || statement['signed_by'] !== passportId) return result;
  const { _meta: meta, ...rest } = result;
  const { [TOOLSET_KEY]: _statement, ...others } = meta as JsonObject;
  return Object.keys(others).length === 0 ? rest : { ...rest, _meta: others };
}

function statementIn(result: JsonObject): unknown {
  const meta = member(result, '_meta');
  return isObject(meta) ? member(meta, TOOLSET_KEY) : undefined;
}
