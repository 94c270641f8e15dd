// ECDSA signatures differ with every signing. Those that were made once are kept in signatures.json and used again, so that
// making the vectors anew changes only what has changed.
import { Buffer } from 'node:buffer';
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('signatures.json', import.meta.url);
const known = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
const used = {};

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** ES256 over bytes, 64 bytes r‖s with a low s. */
export function signBytes(key, bytes) {
  const id = createHash('sha256').update(`${key.name}\0`).update(bytes).digest('hex');
  used[id] ??= known[id] ?? fresh(key, bytes);
  return Buffer.from(used[id], 'base64');
}

function fresh(key, bytes) {
  const signature = sign('sha256', bytes, {
    key: createPrivateKey({ key: key.privateJwk, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  });
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
  return (s > ORDER / 2n ? withS(signature, ORDER - s) : signature).toString('base64');
}

/** A signature with another second half. */
export function withS(signature, s) {
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
}

/** The same signature in its high-S form. */
export function highS(signature) {
  return withS(signature, ORDER - BigInt(`0x${Buffer.from(signature).subarray(32).toString('hex')}`));
}

export const base64 = (bytes) => Buffer.from(bytes).toString('base64');
export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const utf8 = (text) => Buffer.from(text, 'utf8');
export const sha256Hex = (bytes) => createHash('sha256').update(bytes).digest('hex');
export { ORDER };

export function saveSignatures() {
  writeFileSync(FILE, `${JSON.stringify(used, Object.keys(used).sort(), 2)}\n`);
}
