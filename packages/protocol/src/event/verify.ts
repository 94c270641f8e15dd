import { McpsError } from '../errors/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { isSignedByAny } from '../statement/signed.js';
import type { StatementSource, VerifyStatementOptions } from '../statement/index.js';
import { instantsOf } from '../statement/verify-options.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import type { Verified } from '../verified/index.js';
import { readAuthorityEvent } from './read.js';
import type { AuthorityEvent } from './types.js';

/** An event whose signature has been verified, and which is not from the future. */
export type VerifiedEvent = Verified<{
  readonly event: AuthorityEvent;
  /** The anchor's issuer name. */
  readonly authority: string;
  /** Milliseconds since the Unix epoch. */
  readonly producedAtMs: number;
}>;

/**
 * Verifies an event, in this order: shape; signed by a status key of the anchor whose name it bears; not from the future, unless it tells of a revocation, which
 * counts whatever anybody's clock says.
 *
 * On return nothing is known of its place among other events, nor of its age: an authentic older one passes as well.
 *
 * Throws `McpsError` `status_invalid`.
 */
export function verifyEvent(source: StatementSource, options: VerifyStatementOptions): Promise<VerifiedEvent> {
  return runAsync(verifyEventSteps(source, options));
}

function* verifyEventSteps(source: StatementSource, options: VerifyStatementOptions): Procedure<VerifiedEvent> {
  const { latestMs } = instantsOf(options);
  const event = readAuthorityEvent(source);
  const keys = options.anchors.get(event.authority)?.statusKeys ?? [];
  if (!(yield* isSignedByAny(keys, 'event', event))) throw new McpsError('status_invalid');
  const producedAtMs = parseTimestamp(event.produced_at);
  if (event.type !== 'revocation' && !(producedAtMs <= latestMs)) throw new McpsError('status_invalid');
  return markVerified({ event, authority: event.authority, producedAtMs }, 'event');
}
