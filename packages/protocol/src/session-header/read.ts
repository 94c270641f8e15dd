import { CryptoError, canonicalizeToBytes, decodeBase64Url, encodeBase64Url, parseJson } from '@mcps/crypto';
import type { JsonLimits } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { DEFAULT_REVISION, revisionOf, unsupportedVersion } from '../revision/index.js';
import type { Envelope } from '../revision/index.js';

/** The longest header that is read, characters: twice what one of revision 1.0 takes. */
const MAX_LENGTH = 1024;

const LIMITS: JsonLimits = { maxDepth: 2, maxKeys: 16, maxBytes: MAX_LENGTH };

/**
 * Reads the value of a session header: base64url without padding of the RFC 8785 form of an envelope, in its one spelling. Nothing is verified.
 *
 * Throws `McpsError` `message_too_large`, `envelope_malformed`, `version_unsupported`.
 */
export function readSessionHeader(value: string): Envelope {
  if (value.length > MAX_LENGTH) throw new McpsError('message_too_large');
  const wire = parse(value);
  const revision = revisionOf(wire);
  if (revision === undefined) throw unsupportedVersion();
  const envelope = revision.readEnvelope(wire);
  // A header that could be spelt in two ways could be remembered in one and come again in the other.
  if (envelope.unknown !== undefined || writeSessionHeader(envelope) !== value)
    throw new McpsError('envelope_malformed');
  return envelope;
}

export function writeSessionHeader(envelope: Envelope): string {
  return encodeBase64Url(canonicalizeToBytes(DEFAULT_REVISION.writeEnvelope(envelope)));
}

function parse(value: string): JsonObject {
  let wire: unknown;
  try {
    wire = parseJson(decodeBase64Url(value), LIMITS);
  } catch (error) {
    if (error instanceof CryptoError) throw new McpsError('envelope_malformed', {}, { cause: error });
    throw error;
  }
  if (!isObject(wire)) throw new McpsError('envelope_malformed');
  return wire;
}
