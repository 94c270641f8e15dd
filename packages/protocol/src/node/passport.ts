import type { PrivateKey, PublicKey } from '@mcps/crypto';
import { issuePassportSteps } from '../passport/issue.js';
import type { IssuePassportOptions } from '../passport/issue.js';
import type { PassportSource, UnverifiedPassport } from '../passport/parse.js';
import { signPassportSteps } from '../passport/sign.js';
import type { SignPassportOptions } from '../passport/sign.js';
import type { Passport, UnsignedPassport } from '../passport/types.js';
import { verifyPassportSteps } from '../passport/verify.js';
import type { VerifyPassportOptions } from '../passport/verify.js';
import { verifyPassportSignatureWithKeySteps } from '../passport/verify-signature.js';
import type { VerifiedPassport } from '../passport/verified-passport.js';
import { runSync } from './run-sync.js';

/** `signPassport` without a promise. A key that lives elsewhere is refused: `ConfigurationError` `option_unsupported`. */
export function signPassportSync(
  unsigned: UnsignedPassport,
  issuerKey: PrivateKey,
  options: SignPassportOptions = {},
): Passport {
  return runSync(signPassportSteps(unsigned, issuerKey, options));
}

/** `issuePassport` without a promise. A key that lives elsewhere is refused: `ConfigurationError` `option_unsupported`. */
export function issuePassportSync(options: IssuePassportOptions): Passport {
  return runSync(issuePassportSteps(options));
}

/** `verifyPassport` without a promise. */
export function verifyPassportSync(
  source: PassportSource | UnverifiedPassport,
  options: VerifyPassportOptions,
): VerifiedPassport {
  return runSync(verifyPassportSteps(source, options));
}

/** `verifyPassportSignatureWithKey` without a promise. */
export function verifyPassportSignatureWithKeySync(source: PassportSource, publicKey: PublicKey): void {
  runSync(verifyPassportSignatureWithKeySteps(source, publicKey));
}
