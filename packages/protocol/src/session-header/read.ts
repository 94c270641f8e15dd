import { canonicalizeToBytes, decodeBase64Url, decodeUtf8, encodeBase64Url, parseJson } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject } from '../json-rpc/index.js';
import { DEFAULT_REVISION } from '../revision/index.js';
import type { Envelope } from '../revision/index.js';

/** The longest header that is read, characters: twice what one of revision 1.0 takes. */
const MAX_LENGTH = 1024;

/**
 * Reads the value of a session header: base64url without padding of the RFC 8785 form of an envelope, in its one spelling. Nothing is verified.
 *
 * Throws `McpsError` `envelope_malformed`.
 */
export function readSessionHeader(value: string): Envelope {
  if (value.length > MAX_LENGTH) throw new McpsError('envelope_malformed');
  let wire: unknown;
  try {
    wire = parseJson(decodeUtf8(decodeBase64Url(value)));
  } catch (error) {
    throw new McpsError('envelope_malformed', {}, { cause: error });
  }
  if (!isObject(wire)) throw new McpsError('envelope_malformed');
  const envelope = DEFAULT_REVISION.readEnvelope(wire);
  // A header that could be spelt in two ways could be remembered in one and come again in the other.
  if (envelope.unknown !== undefined || writeSessionHeader(envelope) !== value)
    throw new McpsError('envelope_malformed');
  return envelope;
}

export function writeSessionHeader(envelope: Envelope): string {
  return encodeBase64Url(canonicalizeToBytes(DEFAULT_REVISION.writeEnvelope(envelope)));
}
