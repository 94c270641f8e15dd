/** A verified event, as far as the feed is concerned. */
export interface FeedEvent {
  readonly era: number;
  readonly epoch: number;
  readonly type: 'revocation' | 'heartbeat' | 'key-set';
  /** Milliseconds since the Unix epoch. */
  readonly producedAtMs: number;
  /** With `revocation`. */
  readonly revoked?: { readonly passportId: string; readonly expiresAtMs: number };
}
