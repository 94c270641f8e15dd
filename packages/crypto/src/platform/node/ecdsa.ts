import * as crypto from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { derToP1363, encodeDer, MAX_DER_BYTES, writeDer } from '../../ecdsa/der.js';
import { lowerS, signatureFault } from '../../ecdsa/p1363.js';
import type { SignatureOptions } from '../../ecdsa/p1363.js';
import { CryptoError } from '../../error.js';
import { PrivateKey } from '../../keys/private-key.js';
import type { PublicKey } from '../../keys/public-key.js';
import { isSigner, signWithSigner } from '../../signer.js';
import type { Signer } from '../../signer.js';
import { bytesOf } from './data.js';
import { privateHandle, publicHandle } from './handle.js';
import { Scratch } from './scratch.js';
import { Scheduler } from './scheduler.js';
import type { PooledCall } from './scheduler.js';

const HASH = 'sha256';

/** Above this, hashing outweighs the curve: the data goes straight to the pool and is copied once, by Node. */
const LARGE_BYTES = 65_536;

const scheduler = new Scheduler();

// Signatures pass to and from OpenSSL in DER, its own form. Asking node:crypto for P1363 costs more: it then reads an
// options object on every call and has OpenSSL parse and write both forms.

function lowSFromDer(der: Uint8Array): Uint8Array {
  const signature = derToP1363(der);
  lowerS(signature);
  return signature;
}

const scratch = new Scratch(MAX_DER_BYTES);

function signNow(key: KeyObject, data: Uint8Array): Uint8Array {
  return crypto.sign(HASH, data, key);
}

function verifyNow(key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  return crypto.verify(HASH, data, key, scratch.view(writeDer(signature, scratch.bytes)));
}

function signPooled(key: KeyObject, data: Uint8Array): PooledCall<Uint8Array> {
  return (done) => {
    crypto.sign(HASH, data, key, done);
  };
}

function verifyPooled(key: KeyObject, data: Uint8Array, der: Uint8Array): PooledCall<boolean> {
  return (done) => {
    crypto.verify(HASH, data, key, der, done);
  };
}

/**
 * Signs data, bytes or a text in UTF-8, with ES256 (RFC 7518 section 3.4). Returns 64 bytes r || s, with low s.
 *
 * @throws CryptoError `key_private_expected` | `input_not_bytes` | `encoding_utf8`
 */
export function signSync(key: PrivateKey, data: Uint8Array | string): Uint8Array {
  const handle = privateHandle(key);
  return lowSFromDer(signNow(handle, bytesOf(data)));
}

/**
 * Verifies an ES256 signature of 64 bytes r || s over bytes, or over a text in UTF-8. True means: made with this key over
 * exactly this data. False for everything else a peer may send, malformed signatures included.
 *
 * @throws CryptoError `key_public_expected` | `input_not_bytes` | `encoding_utf8` (the data)
 */
export function verifySync(
  key: PublicKey,
  data: Uint8Array | string,
  signature: Uint8Array,
  options: SignatureOptions = {},
): boolean {
  const handle = publicHandle(key);
  const bytes = bytesOf(data);
  if (signatureFault(signature, options.requireLowS === true) !== undefined) return false;
  return verifyNow(handle, bytes, signature);
}

/**
 * Signs data, bytes or a text in UTF-8, with ES256 (RFC 7518 section 3.4). Resolves to 64 bytes r || s, with low s. The
 * data is read before this returns.
 *
 * Rejects with CryptoError `key_private_expected` | `input_not_bytes` | `encoding_utf8` | `signer_output`, or with what a
 * Signer throws.
 */
export async function sign(key: PrivateKey | Signer, data: Uint8Array | string): Promise<Uint8Array> {
  if (!(key instanceof PrivateKey)) {
    if (isSigner(key)) return signWithSigner(key, bytesOf(data));
    throw new CryptoError('key_private_expected', 'a PrivateKey or a Signer is expected');
  }
  const handle = privateHandle(key);
  const bytes = bytesOf(data);
  if (bytes.length > LARGE_BYTES) return lowSFromDer(await scheduler.runPooled(signPooled(handle, bytes)));
  if (scheduler.takeInline()) return lowSFromDer(signNow(handle, bytes));
  // The call waits for a microtask, in which the caller may write to its buffer, and other calls use ours.
  const copy = new Uint8Array(bytes);
  return lowSFromDer(await scheduler.run(() => signNow(handle, copy), signPooled(handle, copy)));
}

/**
 * Verifies an ES256 signature of 64 bytes r || s over bytes, or over a text in UTF-8. True means: made with this key over
 * exactly this data. False for everything else a peer may send, malformed signatures included. Data and signature are read
 * before this returns.
 *
 * Rejects with CryptoError `key_public_expected` | `input_not_bytes` | `encoding_utf8` (the data).
 */
export async function verify(
  key: PublicKey,
  data: Uint8Array | string,
  signature: Uint8Array,
  options: SignatureOptions = {},
): Promise<boolean> {
  const handle = publicHandle(key);
  const bytes = bytesOf(data);
  if (signatureFault(signature, options.requireLowS === true) !== undefined) return false;
  if (bytes.length > LARGE_BYTES) return scheduler.runPooled(verifyPooled(handle, bytes, encodeDer(signature)));
  if (scheduler.takeInline()) return verifyNow(handle, bytes, signature);
  const copy = new Uint8Array(bytes);
  const der = encodeDer(signature);
  return scheduler.run(() => crypto.verify(HASH, copy, handle, der), verifyPooled(handle, copy, der));
}
