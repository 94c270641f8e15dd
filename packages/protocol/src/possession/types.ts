/** An agent's word that it holds a key, for one authority and one challenge. Exactly these members. */
export interface ProofOfPossession {
  /** The issuer name of the authority that made the challenge: another one cannot use the proof. */
  readonly authority: string;
  /** What the authority asked to have signed: base64url of 32 random bytes, without padding. Used once. */
  readonly challenge: string;
  /** RFC 7638 SHA-256 thumbprint of the key, base64url. */
  readonly key_thumbprint: string;
  /** RFC 3339, UTC. */
  readonly expires_at: string;
  /** Standard base64 of that key's ES256 signature under the context `proof-of-possession` over the RFC 8785 form of all other members. */
  readonly signature: string;
}

/** The longest that a proof may count, milliseconds. */
export const MAX_POSSESSION_LIFETIME_MS = 300_000;
