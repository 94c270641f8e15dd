import { detachCarrier } from '../carrier/index.js';
import { classifyMessage, resolveMessageLimits, snapshot } from '../json-rpc/index.js';
import type { JsonObject, MessageKind, MessageLimits } from '../json-rpc/index.js';
import { revisionOf, unsupportedVersion } from '../revision/index.js';
import type { ReadEnvelopeOptions } from '../revision/index.js';
import { canonicalMessage } from './canonical-message.js';
import { UnverifiedMessage } from './unverified-message.js';

/** How a received message is opened. */
export interface OpenEnvelopeOptions extends ReadEnvelopeOptions {
  readonly limits?: MessageLimits;
}

/** A message that carries no envelope. Nobody vouches for anything in it. */
export interface UnsignedMessage {
  readonly carrier: 'none';
  readonly kind: MessageKind;
  /** A copy of what was received. */
  readonly message: JsonObject;
}

/**
 * Opens a received message: holds it to its limits, decides its kind, takes off its carrier and reads the envelope. The outcome shares nothing
 * with what was received. Nothing has been verified on return, and nothing has been stored.
 *
 * Throws `McpsError`, the first fault in this order: `message_too_large` or `message_too_deep`; what `classifyMessage`, `detachCarrier` and the
 * revision's `readEnvelope` throw; `message_not_canonical`; `version_unsupported`. Throws `ConfigurationError` for limits out of range.
 */
export function openEnvelope(
  received: unknown,
  options: OpenEnvelopeOptions = {},
): UnverifiedMessage | UnsignedMessage {
  const limits = resolveMessageLimits(options.limits);
  const { kind, message: copy } = classifyMessage(snapshot(received, limits));
  const detached = detachCarrier(copy, kind);
  if (detached.carrier === 'none') return { carrier: 'none', kind, message: detached.message };
  const { carrier, wireEnvelope, message } = detached;
  const revision = revisionOf(wireEnvelope);
  const envelope = revision?.readEnvelope(wireEnvelope, options);
  const canonical = canonicalMessage(message, limits.maxDepth);
  if (revision === undefined || envelope === undefined) throw unsupportedVersion();
  return new UnverifiedMessage({ carrier, kind, envelope, revision, message }, canonical);
}
