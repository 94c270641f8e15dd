import type { PublicKey } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { checkFreshness } from './freshness.js';
import type { FreshnessWindow } from './freshness.js';
import { openEnvelope } from './open-envelope.js';
import type { OpenEnvelopeOptions } from './open-envelope.js';
import type { UnverifiedMessage } from './unverified-message.js';
import { verifyEnvelope } from './verify-envelope.js';
import type { VerifiedMessage, VerifyEnvelopeOptions } from './verify-envelope.js';

/** How a message is verified with a key that the caller chose. */
export interface VerifyMessageWithKeyOptions extends OpenEnvelopeOptions, VerifyEnvelopeOptions, FreshnessWindow {
  /** What the timestamp is compared with; the machine's clock by default. */
  readonly clock?: Clock;
}

/**
 * Verifies a received message with a key that the caller chose.
 *
 * On return: the message is signed by the holder of `publicKey`, over these very contents, within the window. Not verified: that the passport id in
 * the envelope belongs to that key (this is what choosing the key means), any trust in it, and whether the same message was accepted before: there
 * is no replay check here.
 *
 * Rejects with `McpsError`, the first fault in this order: what `openEnvelope` throws; `envelope_missing` for an unsigned message; what
 * `checkFreshness` throws; what `verifyEnvelope` throws.
 */
export async function verifyMessageWithKey(
  received: unknown,
  publicKey: PublicKey,
  options: VerifyMessageWithKeyOptions = {},
): Promise<VerifiedMessage> {
  return await verifyEnvelope(openFresh(received, options), publicKey, options);
}

/** Opens a received message that must be signed and fresh. Throws as {@link verifyMessageWithKey} rejects, but for what `verifyEnvelope` throws. */
export function openFresh(received: unknown, options: VerifyMessageWithKeyOptions): UnverifiedMessage {
  const opened = openEnvelope(received, options);
  if (opened.carrier === 'none') throw new McpsError('envelope_missing');
  const { clock = systemClock, windowMs, futureToleranceMs } = options;
  checkFreshness(opened.envelope, { now: clock(), windowMs, futureToleranceMs });
  return opened;
}
