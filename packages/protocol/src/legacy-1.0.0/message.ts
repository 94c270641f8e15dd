import { createNonce } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { checkFreshness } from '../envelope/freshness.js';
import type { FreshnessWindow } from '../envelope/freshness.js';
import { ConfigurationError, McpsError } from '../errors/index.js';
import { classifyMessage } from '../json-rpc/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { orRefuse } from './or-refuse.js';
import { dumps, isPythonObject, toJsonObject } from './python-value.js';
import type { PythonObject } from './python-value.js';
import { readDocument, readObject } from './read-document.js';
import type { LegacyDocument } from './read-document.js';
import { checkText, readSignature, signText } from './signature.js';

/** What the envelope of the earlier format calls its version. */
export const LEGACY_VERSION = '1.0.0';

const PASSPORT_ID = /^asp_[0-9a-f]{32}$/;
const NONCE = /^[0-9a-f]{32}$/;
const MAX_TEXT_LENGTH = 256;
const MEMBERS: readonly string[] = ['mcps', 'passport_id', 'timestamp', 'nonce', 'signature', 'message'];

export interface SignLegacyMessageOptions {
  /** `asp_` and 32 lower-case hex characters. */
  readonly passportId: string;
  readonly key: PrivateKey | Signer;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** 32 lower-case hex characters. Default: 16 random bytes. */
  readonly nonce?: string;
}

/** The envelope of the earlier format: it wraps the message instead of riding in it. Send it as JSON, members in this order. */
export interface LegacyEnvelope {
  readonly mcps: typeof LEGACY_VERSION;
  readonly passport_id: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** Standard base64 of a DER ECDSA signature. */
  readonly signature: string;
  readonly message: JsonObject;
}

export interface VerifyLegacyMessageOptions extends FreshnessWindow {
  /** What the timestamp is compared with; the machine's clock by default. */
  readonly clock?: Clock;
}

/** A message of the earlier format whose signature and time have been verified. It is no `Verified` value: nothing in 1.0 takes it for one. */
export interface LegacyVerifiedMessage {
  readonly version: typeof LEGACY_VERSION;
  readonly kind: MessageKind;
  /** A copy of what was signed. */
  readonly message: JsonObject;
  readonly passportId: string;
  readonly nonce: string;
  readonly timestamp: string;
  /** Milliseconds since the Unix epoch. */
  readonly timestampMs: number;
}

/**
 * Signs a message in the earlier format, "1.0.0": ECDSA P-256 with SHA-256 over Python's default JSON text of the message, followed by passport
 * id, timestamp and nonce.
 *
 * Only for peers known to speak nothing newer. The format binds no reply to its request and no message to its recipient.
 *
 * Throws `McpsError`: `message_not_canonical` for a message whose Python text cannot be told (see `LegacyDocument`), and the reasons of
 * `classifyMessage`; `ConfigurationError` `option_invalid` for a passport id or a nonce of another form.
 */
export function signLegacyMessage(message: JsonObject, options: SignLegacyMessageOptions): Promise<LegacyEnvelope> {
  return runAsync(signLegacyMessageSteps(message, options));
}

/** {@link signLegacyMessage} as a procedure. */
export function* signLegacyMessageSteps(
  source: JsonObject,
  options: SignLegacyMessageOptions,
): Procedure<LegacyEnvelope> {
  const { passportId, key, clock = systemClock, nonce = createNonce() } = options;
  if (!PASSPORT_ID.test(passportId) || !NONCE.test(nonce)) {
    throw new ConfigurationError(
      'option_invalid',
      'The passport id or the nonce has not the form that the earlier format needs',
    );
  }
  const document = orRefuse('message_not_canonical', () => readObject(source, 'significant'));
  const message = toJsonObject(document);
  classifyMessage(message);
  const timestamp = formatTimestamp(clock());
  const signature = yield* signText(key, signedText(document, passportId, timestamp, nonce));
  return { mcps: LEGACY_VERSION, passport_id: passportId, timestamp, nonce, signature, message };
}

/**
 * Verifies an envelope of the earlier format, "1.0.0", with a key that the caller has chosen: its shape, its time and its signature. It checks no
 * passport and no replay; the caller keeps nonces itself.
 *
 * Give the JSON text as it was received wherever there is one. From a parsed object, a message that held `1.0` does not verify, and one whose
 * member order is lost is refused.
 *
 * Throws `McpsError`: `envelope_missing`, `envelope_malformed`, `version_unsupported`, the reasons of `classifyMessage`, `message_not_canonical`,
 * `timestamp_malformed`, `timestamp_too_old`, `timestamp_in_future`, `signature_malformed`, `signature_invalid`.
 */
export function verifyLegacyMessageWithKey(
  received: LegacyDocument,
  publicKey: PublicKey,
  options: VerifyLegacyMessageOptions = {},
): Promise<LegacyVerifiedMessage> {
  return runAsync(verifyLegacyMessageSteps(received, publicKey, options));
}

/** {@link verifyLegacyMessageWithKey} as a procedure. */
export function* verifyLegacyMessageSteps(
  received: LegacyDocument,
  publicKey: PublicKey,
  options: VerifyLegacyMessageOptions = {},
): Procedure<LegacyVerifiedMessage> {
  const { clock = systemClock } = options;
  const envelope = orRefuse('message_not_canonical', () => readDocument(received, 'significant'));
  const document = readEnvelope(envelope);
  const { kind, message } = classifyMessage(toJsonObject(document));
  // Exact formats, all of fixed length but the timestamp: the parts are signed end to end without a separator, and must not be shiftable.
  const passportId = textOf(envelope, 'passport_id', PASSPORT_ID);
  const nonce = textOf(envelope, 'nonce', NONCE);
  const timestamp = textOf(envelope, 'timestamp');
  const encoded = textOf(envelope, 'signature');
  const timestampMs = checkFreshness(
    { version: LEGACY_VERSION, passportId, nonce, timestamp, signature: encoded },
    { ...options, now: clock() },
  );
  const signature = readSignature(encoded, 'signature_malformed');
  yield* checkText(publicKey, signedText(document, passportId, timestamp, nonce), signature, 'signature_invalid');
  return Object.freeze({ version: LEGACY_VERSION, kind, message, passportId, nonce, timestamp, timestampMs });
}

function signedText(message: PythonObject, passportId: string, timestamp: string, nonce: string): string {
  return dumps(message) + passportId + timestamp + nonce;
}

/** The message inside, once the envelope has its members and no other. */
function readEnvelope(envelope: PythonObject): PythonObject {
  const version = envelope.get('mcps');
  if (version === undefined) throw new McpsError('envelope_missing');
  if (typeof version !== 'string') throw new McpsError('envelope_malformed');
  if (version !== LEGACY_VERSION) throw new McpsError('version_unsupported', { versions: [LEGACY_VERSION] });
  const names = [...envelope.keys()];
  if (names.length !== MEMBERS.length || names.some((name) => !MEMBERS.includes(name))) {
    throw new McpsError('envelope_malformed');
  }
  const message = envelope.get('message');
  if (!isPythonObject(message)) throw new McpsError('message_not_object');
  return message;
}

function textOf(envelope: PythonObject, name: string, pattern?: RegExp): string {
  const value = envelope.get(name);
  if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH || pattern?.test(value) === false) {
    throw new McpsError('envelope_malformed');
  }
  return value;
}
