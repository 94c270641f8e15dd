import { canonicalizeToBytes } from '@mcps/crypto';
import { contextBytes } from '../signing-context/index.js';
import { Members } from './members.js';
import { isPassportId } from './passport-id.js';

/** The word of a replaced key for the one that replaces it. Exactly these members. */
export interface RotationProof {
  /** The id of the passport whose key is replaced. */
  readonly passport_id: string;
  /** SHA-256 of the replaced public key's SPKI PEM text, lower-case hex. */
  readonly previous_key_hash: string;
  /** RFC 7638 SHA-256 thumbprint of the new key, base64url. */
  readonly new_key: string;
  /** RFC 3339, UTC. */
  readonly rotated_at: string;
  /** Standard base64 of the replaced key's ES256 signature under the context `rotation` over the RFC 8785 form of all other members. */
  readonly signature: string;
}

const PROOF = { required: ['passport_id', 'previous_key_hash', 'new_key', 'rotated_at', 'signature'] };
const SHA256_HEX = /^[0-9a-f]{64}$/;
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** Reads a rotation proof from parsed JSON: exact members, types and formats. Throws `McpsError` `rotation_invalid`. */
export function readRotationProof(value: unknown): RotationProof {
  const members: Members = new Members(value, PROOF, 'rotation_invalid');
  const passportId = members.value('passport_id');
  if (!isPassportId(passportId)) members.fail();
  return {
    passport_id: passportId,
    previous_key_hash: members.matching('previous_key_hash', SHA256_HEX),
    new_key: members.matching('new_key', THUMBPRINT),
    rotated_at: members.timestamp('rotated_at'),
    signature: members.signature('signature'),
  };
}

/** The bytes that the replaced key signs. */
export function rotationSigningInput(proof: Omit<RotationProof, 'signature'>): Uint8Array {
  const { passport_id, previous_key_hash, new_key, rotated_at } = proof;
  return contextBytes('rotation', canonicalizeToBytes({ passport_id, previous_key_hash, new_key, rotated_at }));
}
