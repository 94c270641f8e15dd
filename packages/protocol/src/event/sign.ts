import type { PrivateKey, Signer } from '@mcps/crypto';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import type { RevokedPassport } from '../status-list/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { readAuthorityEvent } from './read.js';
import type { AuthorityEvent, EventType } from './types.js';

export interface SignEventOptions {
  /** The anchor's issuer name. */
  readonly authority: string;
  readonly era: number;
  readonly epoch: number;
  readonly type: EventType;
  /** With `revocation`. */
  readonly revocation?: RevokedPassport;
  readonly listNumber: number;
  /** Milliseconds since the Unix epoch. Default: the clock's time. */
  readonly producedAtMs?: number;
  readonly clock?: Clock;
}

const FORMAT: StatementFormat<AuthorityEvent> = { what: 'The event', context: 'event', read: readAuthorityEvent };

/**
 * Makes an event and signs it under the context `event` with one of the anchor's status keys.
 *
 * Throws `ConfigurationError` `option_invalid` for a value that no verifier would accept.
 */
export function signEvent(options: SignEventOptions, key: PrivateKey | Signer): Promise<AuthorityEvent> {
  const { authority, era, epoch, type, revocation, listNumber, clock = systemClock } = options;
  const { producedAtMs = clock() } = options;
  const draft = {
    authority,
    era,
    epoch,
    id: `${era}.${epoch}`,
    type,
    produced_at: formatTimestamp(producedAtMs),
    ...(revocation === undefined ? {} : { revocation: { ...revocation } }),
    list_number: listNumber,
  };
  return runAsync(signStatement(FORMAT, draft, key));
}
