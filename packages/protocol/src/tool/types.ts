import type { PublicKey } from '@mcps/crypto';
import type { JsonObject } from '../json-rpc/index.js';
import type { Verified } from '../verified/index.js';

/** The member of a tool's `_meta` that holds its signature. */
export const TOOL_SIGNATURE_KEY = 'dev.mcps/signature';

/** The signature of a whole tool definition, as it stands in the tool's `_meta`: exactly these members. */
export interface ToolSignature {
  /** Passport id of the signer. */
  readonly signed_by: string;
  /** RFC 3339, UTC. */
  readonly signed_at: string;
  /** SHA-256 of the RFC 8785 form of the tool without this signature, lower-case hex. */
  readonly tool_hash: string;
  /** Standard base64 of the 64-byte ES256 signature over the other three members, under the context `tool`. */
  readonly signature: string;
}

/** What verification has found out about a tool. */
export interface ToolFacts {
  readonly name: string;
  /** The tool as its server lists it, signature included. */
  readonly tool: JsonObject;
  /** Lower-case hex; what is pinned. */
  readonly toolHash: string;
  readonly signedBy: string;
  readonly signedAtMs: number;
}

/** A tool whose signature has been verified, over every member that it has. */
export type VerifiedTool = Verified<ToolFacts>;

/** Finds the key of a signer by the passport id that a signature names; `undefined` for nobody who is trusted to sign tools. */
export type ToolSignerKeys = (signedBy: string) => PublicKey | undefined | Promise<PublicKey | undefined>;
