import type { Verified } from '../verified/index.js';

/** The member of the `_meta` of a `tools/list` result that holds the statement over the whole list. */
export const TOOLSET_KEY = 'dev.mcps/toolset';

/** The most tools that a statement covers: as many as are pinned of one server. */
export const MAX_TOOLSET_TOOLS = 10_000;

/** The most pages that one listing has. */
export const MAX_TOOLSET_PAGES = 1_000;

/** A signed statement over a server's whole list of tools, all pages of it: exactly these members. Every page of a listing carries it. */
export interface SignedToolset {
  /** Passport id of the signer. */
  readonly signed_by: string;
  /** RFC 3339, UTC. Told and not judged, as that of a tool. */
  readonly signed_at: string;
  /** Grows whenever the list changes: a whole number from 0 to 2^53 - 1. */
  readonly version: number;
  /** How many tools there are, 0 to 10,000. */
  readonly count: number;
  /** SHA-256 of the RFC 8785 form of the list of {@link ToolsetEntry}, in the order of the listing, lower-case hex. */
  readonly root: string;
  /** Standard base64 of the 64-byte ES256 signature over the other five members, under the context `toolset`. */
  readonly signature: string;
}

/** What the root of a list says of one tool. */
export interface ToolsetEntry {
  readonly name: string;
  /** The hash of the whole tool, as in `ToolSignature`: lower-case hex. */
  readonly tool_hash: string;
}

/** What verification has found out about a list of tools. */
export interface ToolsetFacts {
  readonly entries: readonly ToolsetEntry[];
  readonly root: string;
  readonly version: number;
  readonly signedBy: string;
  readonly signedAtMs: number;
}

/** A complete list of tools: a signer that is trusted to has stated exactly these, in this order. */
export type VerifiedToolset = Verified<ToolsetFacts>;
