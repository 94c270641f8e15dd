import type { Signer } from '@mcps/crypto';
import { publicKeyOf } from './keys.js';
import type { PublicKeyInput } from './keys.js';

export { derToP1363 } from '@mcps/crypto';

/** What makes the signatures of an external signer: ES256 over `data`, SHA-256 included. Bytes, or their base64. */
export type SignFunction = (data: Uint8Array) => Uint8Array | string | Promise<Uint8Array | string>;

/** How an external signer answers. */
export interface ExternalSignerOptions {
  /** What `sign` returns: `der`, as most key services do, or the 64 bytes `r‖s`, `p1363`. Default `der`. */
  readonly format?: 'der' | 'p1363';
  /** The key that the signatures verify with, where it is known. */
  readonly publicKey?: PublicKeyInput;
}

/**
 * A signer whose key lives elsewhere: an HSM, a key service, an agent. It goes where a private key goes, and makes a function that signs return a
 * promise. Signatures are checked for their form, turned into `r‖s`, and their s is made low.
 *
 * Throws `TypeError` for anything but a function and a known format, `CryptoError` for a public key that is none.
 */
export function createExternalSigner(sign: SignFunction, options: ExternalSignerOptions = {}): Signer {
  const { format = 'der', publicKey } = options;
  if (typeof sign !== 'function') throw new TypeError('An external signer is made of a function that signs bytes');
  if (format !== 'der' && format !== 'p1363') throw new TypeError('The format of signatures is `der` or `p1363`');
  return Object.freeze({
    format,
    sign: async (data: Uint8Array) => sign(data),
    ...(publicKey === undefined ? {} : { publicKey: publicKeyOf(publicKey) }),
  });
}
