/** Which passport is asked about. */
export interface StatusQuery {
  readonly passportId: string;
  /** Lower-case hex SHA-256 of the RFC 8785 form of the whole passport: an answer about another passport of that id is none. */
  readonly digest: string;
  /** The passport's own issuer: the anchor's name, or the id of an issuing passport. */
  readonly issuer: string;
  /** The issuer name of the anchor at the top of its chain, whose status keys an answer can be verified with. */
  readonly anchor: string;
  /** The passport's place in the compact lists of its authority, where it has one. */
  readonly statusIndex?: number;
  /** Of an issuer: the passport in whose chain it stands and which is asked about as well. An authority's word about that one speaks for its issuers too. */
  readonly below?: { readonly passportId: string; readonly digest: string };
  /** What the peer has presented beside its passport to show that it is valid. Unverified. */
  readonly staple?: object;
}

/** What a source knows of a passport. A source has verified its answers: signatures are none of the caller's business. */
export interface StatusAnswer {
  readonly status: 'good' | 'revoked' | 'unknown';
  /** When the authority made the statement, milliseconds since the Unix epoch. */
  readonly producedAtMs: number;
  /** Until when the authority stands by it, milliseconds since the Unix epoch. */
  readonly expiresAtMs: number;
  /** Why it was revoked, for the audit log. */
  readonly reason?: string;
}

/** What a source is given beside the question. */
export interface StatusRequest {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Who answers whether a passport is revoked: a list in a file, an authority's client, a staple. Never the passport's own holder. */
export interface StatusSource {
  /** May reject: then nothing is known. */
  check(query: StatusQuery, request: StatusRequest): Promise<StatusAnswer>;
}
