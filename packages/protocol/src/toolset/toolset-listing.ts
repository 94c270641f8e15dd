import type { PublicKey } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject, member } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { isSignedByAny } from '../statement/signed.js';
import { parseTimestamp } from '../time/index.js';
import type { ToolSignerKeys } from '../tool/index.js';
import { markVerified } from '../verified/verified.js';
import { entriesOf, rootOf } from './entries.js';
import { readToolset } from './read-toolset.js';
import { MAX_TOOLSET_PAGES, TOOLSET_KEY } from './types.js';
import type { SignedToolset, ToolsetEntry, VerifiedToolset } from './types.js';

/** What stands in a page, read once and before anything else happens. */
interface Page {
  readonly tools: readonly unknown[];
  readonly isLast: boolean;
  readonly statement: SignedToolset;
}

interface Progress {
  readonly pages: number;
  readonly entries: readonly ToolsetEntry[];
  readonly statement?: SignedToolset;
  readonly toolset?: VerifiedToolset;
}

/**
 * The pages of one listing, from the first on: what is left out, added, moved or renamed in any of them shows at the last one. Each page makes a new
 * listing, and the one before it stays as it was, so that a page may be asked for again.
 */
export class ToolsetListing {
  readonly #progress: Progress;

  private constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** A listing without a page. */
  static start(): ToolsetListing {
    return new ToolsetListing({ pages: 0, entries: [] });
  }

  /** The whole list, once its last page has been held against the statement; `undefined` before that. */
  get toolset(): VerifiedToolset | undefined {
    return this.#progress.toolset;
  }

  /** The names of the tools so far. Nothing has been verified about them unless there is a {@link toolset}. */
  get names(): readonly string[] {
    return this.#progress.entries.map(({ name }) => name);
  }

  /**
   * Takes the next page, the `result` of a `tools/list`. On return its statement is signed by one of `signers` and says the same as that of the pages
   * before; where the page is the last, it names exactly the tools of all pages, in their order.
   *
   * Throws `McpsError`, in this order: `toolset_malformed` (page), `toolset_missing`, `toolset_malformed` (statement), `toolset_signer_unknown`,
   * `toolset_signature_invalid`, `toolset_mismatch` (another statement than before), `tool_malformed`, `toolset_mismatch`. `TypeError` after the last page.
   */
  async next(result: JsonObject, signers: ToolSignerKeys): Promise<ToolsetListing> {
    if (this.toolset !== undefined) throw new TypeError('The listing is complete');
    const page = readPage(result);
    const publicKey = await signers(page.statement.signed_by);
    return new ToolsetListing(await runAsync(progressOf(this.#progress, page, publicKey)));
  }
}

/**
 * Verifies a whole list of tools: the results of `tools/list`, page by page from the first to the last.
 *
 * Throws `McpsError` as {@link ToolsetListing.next} does, and `toolset_mismatch` where pages are missing or follow the last one.
 */
export async function verifyToolset(pages: readonly JsonObject[], signers: ToolSignerKeys): Promise<VerifiedToolset> {
  let listing = ToolsetListing.start();
  for (const page of pages) {
    if (listing.toolset !== undefined) throw new McpsError('toolset_mismatch');
    listing = await listing.next(page, signers);
  }
  if (listing.toolset === undefined) throw new McpsError('toolset_mismatch');
  return listing.toolset;
}

function readPage(result: JsonObject): Page {
  const tools: unknown = member(result, 'tools');
  const nextCursor = member(result, 'nextCursor');
  const isLast = nextCursor === undefined;
  // An empty cursor is the end to some readers and a page more to others: what the former never ask for would be missed by nobody.
  const hasCursor = typeof nextCursor === 'string' && nextCursor !== '';
  if (!Array.isArray(tools) || !(isLast || hasCursor)) throw new McpsError('toolset_malformed');
  const meta = member(result, '_meta');
  const statement = isObject(meta) ? member(meta, TOOLSET_KEY) : undefined;
  if (statement === undefined) throw new McpsError('toolset_missing');
  if (!isObject(statement)) throw new McpsError('toolset_malformed');
  return { tools: [...(tools as readonly unknown[])], isLast, statement: readToolset(statement) };
}

function* progressOf(before: Progress, page: Page, publicKey: PublicKey | undefined): Procedure<Progress> {
  const { tools, isLast, statement } = page;
  if (publicKey === undefined) throw new McpsError('toolset_signer_unknown');
  if (!(yield* isSignedByAny([publicKey], 'toolset', statement))) throw new McpsError('toolset_signature_invalid');
  if (before.statement !== undefined && !sameList(before.statement, statement)) throw new McpsError('toolset_mismatch');
  const pages = before.pages + 1;
  // Before anything is hashed: whoever lists without an end gets no more work done than was signed for.
  const isTooMuch = before.entries.length + tools.length > statement.count || pages > MAX_TOOLSET_PAGES;
  if (isTooMuch) throw new McpsError('toolset_mismatch');
  const entries = [...before.entries, ...(yield* entriesOf(tools))];
  if (!isLast) return { pages, entries, statement };
  if (entries.length !== statement.count) throw new McpsError('toolset_mismatch');
  if ((yield* rootOf(entries)) !== statement.root) throw new McpsError('toolset_mismatch');
  return { pages, entries, statement, toolset: toolsetOf(entries, statement) };
}

/** Replicas may have signed each for itself: what they say of the list must be the same. */
function sameList(one: SignedToolset, other: SignedToolset): boolean {
  return one.root === other.root && one.count === other.count;
}

function toolsetOf(entries: readonly ToolsetEntry[], statement: SignedToolset): VerifiedToolset {
  const { root, version, signed_by: signedBy, signed_at: signedAt } = statement;
  const facts = { entries: Object.freeze(entries), root, version, signedBy, signedAtMs: parseTimestamp(signedAt) };
  return markVerified(facts, 'toolset');
}
