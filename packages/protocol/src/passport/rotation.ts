import { PublicKey, encodeBase64, thumbprint } from '@mcps/crypto';
import type { PrivateKey, PublicJwk, Signer } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import type { Evidence } from '../evidence/types.js';
import { runAsync, signBytes } from '../procedure/index.js';
import { formatTimestamp } from '../time/index.js';
import { createPassport, resolveLifetime } from './create.js';
import type { PassportLifetime } from './create.js';
import { previousKeyHash } from './key-hash.js';
import { rotationSigningInput } from './rotation-proof.js';
import type { RotationProof } from './rotation-proof.js';
import { issuerOf } from './types.js';
import type { Passport, UnsignedPassport } from './types.js';

export interface RotatePassportOptions extends PassportLifetime {
  readonly current: Passport;
  /** The key of the current passport. */
  readonly currentKey: PrivateKey | Signer;
  readonly newPublicKey: PublicKey | PublicJwk;
  /** `asp_` and 32 lower-case hex characters, never used before. Default random. */
  readonly id?: string;
  /** Evidence about the new key; that about the old one says nothing of it and is left out. */
  readonly evidence?: readonly Evidence[];
  readonly statusIndex?: number;
}

export interface RotatedPassport {
  /** To be signed by the issuer: `signPassport`. */
  readonly passport: UnsignedPassport;
  /** The old key's word for the new one. */
  readonly proof: RotationProof;
}

/**
 * Makes the successor of a passport: the same agent, origin, issuer, level and rights with a new key, a new id and a new life time, naming the replaced key
 * in `key_rotation`; and the proof that the holder of the replaced key wants it so, signed under the context `rotation`. The successor carries no chain until its
 * issuer signs it. The authority revokes the old passport once the new one is in use.
 *
 * Throws `ConfigurationError`: `key_mismatch` where `currentKey` is known and is not the current passport's, `option_invalid` where the new key is the old
 * one or a value is not acceptable; `CryptoError` for a new key that is no P-256 key.
 */
export async function rotatePassport(options: RotatePassportOptions): Promise<RotatedPassport> {
  const { current, currentKey, newPublicKey, id, evidence, statusIndex } = options;
  const oldKey = current.public_key;
  if (oldKey === null)
    throw new ConfigurationError('option_invalid', 'A passport without a key has nothing to rotate.');
  const signingKey = currentKey.publicKey?.jwk;
  if (signingKey !== undefined && (signingKey.x !== oldKey.x || signingKey.y !== oldKey.y)) {
    throw new ConfigurationError('key_mismatch', 'The key is not the one in the current passport.');
  }
  const newJwk = newPublicKey instanceof PublicKey ? newPublicKey.jwk : newPublicKey;
  if (newJwk.x === oldKey.x && newJwk.y === oldKey.y) {
    throw new ConfigurationError('option_invalid', 'The new key is the old one.');
  }
  const lifetime = resolveLifetime(options);
  const rotation = {
    previous_key_hash: await previousKeyHash(oldKey),
    rotated_at: formatTimestamp(lifetime.issuedAtMs),
  };
  const { issuing, min_version: minVersion } = current.ext ?? {};
  const passport = createPassport({
    ...current.agent,
    publicKey: newJwk,
    origin: current.origin,
    trustLevel: current.trust_level,
    issuer: issuerOf(current),
    ...lifetime,
    keyRotation: rotation,
    ...(id === undefined ? {} : { id }),
    ...(issuing === undefined ? {} : { issuing }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(statusIndex === undefined ? {} : { statusIndex }),
  });
  const draft = { passport_id: current.passport_id, ...rotation, new_key: await thumbprint(newJwk) };
  const signature = await runAsync(signBytes(currentKey, rotationSigningInput(draft)));
  return { passport, proof: Object.freeze({ ...draft, signature: encodeBase64(signature) }) };
}
