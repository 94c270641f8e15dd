import { isWellFormed } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isEmptyObject, member, withoutMembers } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import type { Envelope } from './envelope.js';
import type { ReadEnvelopeOptions, ReplyDigestInput, Revision, SigningInput } from './revision.js';

const VERSION = '1.0';
const PASSPORT_ID = /^asp_[0-9a-f]{32}$/;
const ANY_PASSPORT_ID = /^[\x20-\x7e]{1,128}$/;
const NONCE = /^[0-9a-f]{32}$/;
const MAX_TIMESTAMP_LENGTH = 64;
const KNOWN: ReadonlySet<string> = new Set(['version', 'passport_id', 'nonce', 'timestamp', 'signature']);

function acceptsPassportId(passportId: string, options: ReadEnvelopeOptions = {}): boolean {
  return (options.acceptAnyPassportId === true ? ANY_PASSPORT_ID : PASSPORT_ID).test(passportId);
}

function acceptsNonce(nonce: string): boolean {
  return NONCE.test(nonce);
}

function readEnvelope(wire: JsonObject, options: ReadEnvelopeOptions = {}): Envelope {
  const passportId = member(wire, 'passport_id');
  const nonce = member(wire, 'nonce');
  const timestamp = member(wire, 'timestamp');
  const signature = member(wire, 'signature');
  if (
    member(wire, 'version') !== VERSION ||
    typeof passportId !== 'string' ||
    typeof nonce !== 'string' ||
    typeof timestamp !== 'string' ||
    typeof signature !== 'string' ||
    !acceptsPassportId(passportId, options) ||
    !acceptsNonce(nonce) ||
    timestamp.length > MAX_TIMESTAMP_LENGTH ||
    // Without a UTF-8 form nothing can be signed or hashed with them.
    !isWellFormed(timestamp) ||
    !isWellFormed(signature)
  ) {
    throw new McpsError('envelope_malformed');
  }
  const envelope: Envelope = { version: VERSION, passportId, nonce, timestamp, signature };
  const unknown = unknownMembers(wire);
  return Object.freeze(unknown === undefined ? envelope : { ...envelope, unknown });
}

function unknownMembers(wire: JsonObject): JsonObject | undefined {
  // The known ones are all there.
  if (Object.keys(wire).length === KNOWN.size) return undefined;
  const unknown = withoutMembers(wire, KNOWN);
  return isEmptyObject(unknown) ? undefined : unknown;
}

function writeEnvelope(envelope: Envelope): JsonObject {
  return {
    ...envelope.unknown,
    version: envelope.version,
    passport_id: envelope.passportId,
    timestamp: envelope.timestamp,
    nonce: envelope.nonce,
    signature: envelope.signature,
  };
}

// The signed objects have fixed members, in order, so that writing them out is their RFC 8785 form.

function signingInput(input: SigningInput): string {
  const { messageHash, nonce, passportId, timestamp, channelBinding } = input;
  const binding = channelBinding === undefined ? '' : `"channel_binding":${text(channelBinding)},`;
  return `{${binding}"message_hash":"${messageHash}","nonce":"${nonce}","passport_id":${text(passportId)},"timestamp":${text(timestamp)}}`;
}

function replyDigestInput({ messageHash, envelope }: ReplyDigestInput): string {
  const { nonce, passportId, signature, timestamp } = envelope;
  return `{"message_hash":"${messageHash}","nonce":"${nonce}","passport_id":${text(passportId)},"signature":${text(signature)},"timestamp":${text(timestamp)}}`;
}

/** Printable ASCII without quotation mark and backslash: what stands in JSON as it is. */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;

/**
 * A string in RFC 8785 form, which by its section 3.2.2.2 is that of JSON.stringify. No string with half of a surrogate pair gets here, see
 * `readEnvelope`; hashes and nonces are hexadecimal and need none of this.
 */
function text(value: string): string {
  return PLAIN_TEXT.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** Revision 1.0, the published format: ES256 over the RFC 8785 form of {message_hash, nonce, passport_id, timestamp[, channel_binding]}. */
export const REVISION_1_0: Revision = Object.freeze({
  version: VERSION,
  acceptsPassportId,
  acceptsNonce,
  readEnvelope,
  writeEnvelope,
  signingInput,
  replyDigestInput,
});
