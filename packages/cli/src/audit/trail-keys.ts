import { importPublicKey } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { UsageError } from '../errors/cli-error.js';
import { readText } from '../files/read-input.js';
import { passportIn } from '../identity/read-passport.js';
import { readPublicKey } from '../keys/public-key.js';

/** Where the keys of a trail's writers are. */
export interface TrailKeyFiles {
  readonly key?: readonly string[] | undefined;
  readonly identity?: readonly string[] | undefined;
}

/**
 * Reads the keys whose checkpoints count. Of an identity that is the key in its passport, whose signature is not looked at: whoever names the file trusts it.
 *
 * @throws UsageError where there is none; CliError `key`, `json`; McpsError
 */
export async function readTrailKeys({ key = [], identity = [] }: TrailKeyFiles): Promise<readonly PublicKey[]> {
  if (key.length + identity.length === 0) {
    throw new UsageError('Whose trail is it? Give --key FILE or --identity FILE.', {
      reason: 'option_missing',
      nextStep: 'Name the identity that "mcps wrap", "connect" or "proxy" was given.',
    });
  }
  const ofIdentity = async (path: string): Promise<PublicKey> => {
    const { public_key: jwk } = passportIn(await readText(path, 'identity'));
    if (jwk === null)
      throw new UsageError('The passport of this identity has no key in it.', { reason: 'key_missing' });
    return importPublicKey(jwk);
  };
  return Promise.all([...key.map(readPublicKey), ...identity.map(ofIdentity)]);
}
