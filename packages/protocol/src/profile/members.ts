import type { JsonObject } from '../json-rpc/index.js';

/** Opens a handshake: in the `initialize` request and in its result. */
export interface Hello {
  /** base64url of 32 random bytes, without padding: 43 characters. */
  readonly random: string;
  /** The wire revisions that the sender speaks, 1 to 32 of them. */
  readonly versions: readonly string[];
  /** Optional features that the sender speaks, at most 32. */
  readonly features?: readonly string[];
}

/** Closes a handshake: in the `initialize` result for the server, in `notifications/initialized` for the client. */
export interface Binding {
  /** SHA-256 of the transcript, 64 lower-case hex characters. */
  readonly transcript_hash: string;
  /** Standard base64 of the signature over it, under the signer's role. */
  readonly transcript_signature: string;
}

/** The sender's passport, not parsed yet and not verified. */
export interface PassportMember {
  readonly passport: object;
  /** A signed answer about the passport's status. */
  readonly staple?: JsonObject;
}

/** What a message is meant for. `session` and `seq` are both there or both absent. */
export interface Context {
  /** The server's passport id or its configured URL, 1 to 2048 characters. */
  readonly audience: string;
  /** Which side sent it. */
  readonly direction: 'client' | 'server';
  /** The transcript hash, 64 lower-case hex characters. */
  readonly session?: string;
  /** Position among the messages of this direction, from 0. */
  readonly seq?: number;
}

/** The members that MCPS adds to a message before signing it. They ride inside the slot, so the signature covers them. */
export interface ProfileMembers {
  readonly hello?: Hello;
  readonly binding?: Binding;
  readonly passport?: PassportMember;
  /** Reply digest of the request that this answers, 64 lower-case hex characters. */
  readonly re?: string;
  readonly context?: Context;
  /** The nonce of the first try, 32 lower-case hex characters. */
  readonly retryOf?: string;
}

/** The name of each member on the wire. */
export const PROFILE_KEYS: Readonly<Record<keyof ProfileMembers, string>> = Object.freeze({
  hello: 'dev.mcps/hello',
  binding: 'dev.mcps/binding',
  passport: 'dev.mcps/passport',
  re: 'dev.mcps/re',
  context: 'dev.mcps/context',
  retryOf: 'dev.mcps/retry_of',
});

/** The member that records which containers were made for the profile's members. Signed with them. */
export const PROFILE_CREATED_KEY = 'dev.mcps/created';
