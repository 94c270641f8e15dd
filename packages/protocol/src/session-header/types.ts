import type { Verified } from '../verified/index.js';

/** The name of the header. */
export const SESSION_HEADER = 'MCPS-Session';

/** An HTTP request that has no body to sign: the opening of a stream, its resumption, the end of a session. */
export interface BodilessRequest {
  /** The method, in capitals: `GET` or `DELETE`. */
  readonly verb: string;
  /** Path and query of the endpoint, as the client was configured with them and as they stand in the request line (RFC 9112, section 3.2.1): `/mcp?tenant=7`. */
  readonly target: string;
  /** The value of `Mcp-Session-Id`; absent where the request has none. */
  readonly httpSession?: string | undefined;
  /** The value of `Last-Event-ID`; absent where the request has none. */
  readonly lastEventId?: string | undefined;
}

/** What the signature of a session header covers, beside the members of the header itself. */
export interface SessionHeaderClaims extends BodilessRequest {
  /** Whom the request is for: the server's passport id. */
  readonly audience: string;
  /** The transcript hash of the MCPS session, lower-case hex. */
  readonly session: string;
  /** The value of the TLS connection below, where both sides are configured to sign it along. */
  readonly channelBinding?: string | undefined;
}

/** A header whose signature has been verified over the claims that it was held to. */
export type VerifiedSessionHeader = Verified<{
  readonly claims: SessionHeaderClaims;
  readonly passportId: string;
  /** 32 lower-case hex characters. */
  readonly nonce: string;
  /** Milliseconds since the Unix epoch. */
  readonly timestampMs: number;
}>;
