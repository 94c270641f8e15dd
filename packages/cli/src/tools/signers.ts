import type { PublicKey } from '@mcps/crypto';
import { UsageError } from '../errors/cli-error.js';
import { readText } from '../files/read-input.js';
import { passportIn } from '../identity/read-passport.js';
import { readPublicKey } from '../keys/public-key.js';
import type { Output } from '../output/output.js';
import { requireLevel } from '../trust/require-level.js';
import { judgePassport } from '../trust/status.js';

/** Who is trusted to have signed a tool or model. */
export interface SignerOptions {
  readonly passport?: readonly string[] | undefined;
  readonly publicKey?: string | undefined;
  readonly anchors?: readonly string[] | undefined;
  readonly trustAuthority?: string | undefined;
}

/** Finds the key of a signer by the passport id that a signature names. */
export type Signers = (signedBy: string) => PublicKey | undefined;

/**
 * The keys of signers: of passports, each verified against the anchors, or one that is trusted as it is.
 *
 * @throws UsageError where none is given; McpsError, CliError `MCPS-009` for a passport that does not hold.
 */
export async function readSigners(options: SignerOptions, output: Output): Promise<Signers> {
  const { passport: files = [], publicKey: keyFile, anchors, trustAuthority } = options;
  if ((files.length === 0) === (keyFile === undefined)) {
    throw new UsageError('Who is to have signed it? Give --passport FILE or --public-key FILE.');
  }
  if (keyFile !== undefined) {
    const key = await readPublicKey(keyFile);
    return () => key;
  }
  const keys = new Map<string, PublicKey>();
  for (const file of files) {
    const judgement = await judgePassport(
      passportIn(await readText(file, 'passport')),
      { anchors, trustAuthority },
      output,
    );
    requireLevel(judgement, 1);
    keys.set(judgement.verified.id, judgement.verified.publicKey);
  }
  return (signedBy) => keys.get(signedBy);
}
