import { PrivateKey, encodeBase64 } from '@mcps/crypto';
import type { PublicKey, Signer } from '@mcps/crypto';
import { encodeChain } from '../chain/encode.js';
import { ConfigurationError } from '../errors/index.js';
import { runAsync, signBytes, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { asConfiguration } from './configuration-fault.js';
import { parsePassport, parseUnsignedPassport } from './parse.js';
import { passportSigningInput } from './signing-input.js';
import { SELF_ISSUER, issuerOf } from './types.js';
import type { Passport, UnsignedPassport } from './types.js';

export interface SignPassportOptions {
  /** The issuing passports above, the direct issuer first, where the issuer is no trust anchor itself. */
  readonly issuerChain?: readonly Passport[];
  /**
   * Sign with a key that is not the one of the issuer that the passport names, as callers of the published functions do: whoever verifies the result with
   * that very key accepts it, and whoever looks for its issuer refuses it. Default false.
   */
  readonly acceptAnyIssuerKey?: boolean;
}

/**
 * Signs a passport with its issuer's key: ES256 over the RFC 8785 form of all members but `signature`, in standard base64. The `issuer_chain` is part
 * of what is signed and is set from the options. Whether the issuer has the right to say what the passport says is not asked here: see
 * `issuePassport`.
 *
 * Throws `ConfigurationError`: `key_mismatch` where the key is known and is not that of the issuer (of the passport itself for `self`, else of the
 * first passport of the chain), or where a signer returns signatures of another key; `option_invalid` where the passport does not name the
 * chain's first passport as its issuer, where an issuing passport is given a chain (its signature would not hold inside other chains), or where the result is
 * one that no verifier would accept, such as one of more than 8192 bytes.
 */
export function signPassport(
  unsigned: UnsignedPassport,
  issuerKey: PrivateKey | Signer,
  options: SignPassportOptions = {},
): Promise<Passport> {
  return runAsync(signPassportSteps(unsigned, issuerKey, options));
}

export function* signPassportSteps(
  unsigned: UnsignedPassport,
  issuerKey: PrivateKey | Signer,
  options: SignPassportOptions = {},
): Procedure<Passport> {
  const { issuerChain = [], acceptAnyIssuerKey = false } = options;
  const issuer_chain = encodeChain(issuerChain);
  const draft = asConfiguration('The passport', () => parseUnsignedPassport({ ...unsigned, issuer_chain }));
  checkIssuer(draft, issuerChain);
  const signingKey = issuerKey.publicKey;
  if (!acceptAnyIssuerKey) checkKey(draft, issuerChain, signingKey);
  const input = passportSigningInput(draft);
  const signature = yield* signBytes(issuerKey, input);
  // A key held elsewhere may not be the one it is said to be; that is better found here than by every verifier.
  if (
    signingKey !== undefined &&
    !(issuerKey instanceof PrivateKey) &&
    !(yield* verifyBytes(signingKey, input, signature))
  ) {
    throw new ConfigurationError(
      'key_mismatch',
      'The signer returned a signature that its own public key does not verify.',
    );
  }
  const signed = { ...draft, signature: encodeBase64(signature) };
  return asConfiguration('The passport', () => parsePassport(signed)).passport;
}

function checkIssuer(draft: UnsignedPassport, issuerChain: readonly Passport[]): void {
  const [direct] = issuerChain;
  if (direct === undefined) return;
  if (direct.passport_id !== issuerOf(draft)) {
    throw new ConfigurationError(
      'option_invalid',
      'The passport must name the first passport of its chain as issuer, by passport_id.',
    );
  }
  if (draft.ext?.issuing !== undefined) {
    throw new ConfigurationError(
      'option_invalid',
      'An issuing passport carries no chain: its issuers travel beside it.',
    );
  }
}

function checkKey(draft: UnsignedPassport, issuerChain: readonly Passport[], signingKey: PublicKey | undefined): void {
  if (signingKey === undefined) return;
  const [direct] = issuerChain;
  if (direct === undefined && issuerOf(draft) !== SELF_ISSUER) return;
  const expected = (direct ?? draft).public_key;
  if (expected?.x !== signingKey.jwk.x || expected.y !== signingKey.jwk.y) {
    throw new ConfigurationError('key_mismatch', 'The key is not the one of the issuer that the passport names.');
  }
}
