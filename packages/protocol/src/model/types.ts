import type { PublicKey } from '@mcps/crypto';
import type { Verified } from '../verified/index.js';

/** What a publisher says about a model file. No other members are allowed. */
export interface ModelMetadata {
  /** 1 to 256 characters. */
  readonly name: string;
  /** 1 to 64 characters. */
  readonly version: string;
  /** The format of the file, such as `safetensors` or `gguf`; 1 to 64 characters. */
  readonly format: string;
  /** SHA-256 of the file, 64 lower-case hex characters. */
  readonly file_hash: string;
  /** Where the file comes from, 1 to 2,048 characters. Nothing is fetched from it. */
  readonly source?: string;
  /** The licence, such as an SPDX expression; 1 to 256 characters. */
  readonly licence?: string;
  /** A whole number from 1 on. */
  readonly parameter_count?: number;
}

/** {@link ModelMetadata} with its signature, as it is published beside the file: exactly these members. */
export interface SignedModel extends ModelMetadata {
  /** Passport id of the signer, 1 to 256 characters. */
  readonly signed_by: string;
  /** RFC 3339, UTC. */
  readonly signed_at: string;
  /** Standard base64 of the 64-byte ES256 signature over the RFC 8785 form of all other members, under the context `model`. */
  readonly signature: string;
}

/** What verification has found out about a model. */
export interface ModelFacts {
  readonly model: ModelMetadata;
  readonly signedBy: string;
  readonly signedAtMs: number;
  /** Whether a file was compared with `file_hash`. Where it is false, only the metadata is known to be the publisher's. */
  readonly fileMatches: boolean;
}

/** A model whose metadata has been verified. */
export type VerifiedModel = Verified<ModelFacts>;

/** Finds the key of a signer by the passport id that a signature names; `undefined` for nobody who is trusted to sign models. */
export type ModelSignerKeys = (signedBy: string) => PublicKey | undefined | Promise<PublicKey | undefined>;
