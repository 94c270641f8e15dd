import { isSigner } from '@mcps/crypto';
import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { CustodyError } from './custody-error.js';
import type { KeyCustody, SigningKey } from './key-custody.js';
import { isKeyName } from './key-custody.js';

/**
 * Uses keys that were made elsewhere: those of a cloud's key management, of an agent, of a program's own vault. None is made or destroyed.
 *
 * @param keys by name; each tells its public key
 * @throws CustodyError `custody_name_invalid`; `custody_unavailable` for a signer that does not tell its public key
 */
export function createSignersCustody(keys: Readonly<Record<string, PrivateKey | Signer>>): KeyCustody {
  const held = new Map<string, SigningKey>();
  for (const [name, key] of Object.entries(keys)) {
    if (!isKeyName(name)) throw new CustodyError('custody_name_invalid', 'No key can have this name.');
    if (!tellsPublicKey(key)) {
      throw new CustodyError('custody_unavailable', `The signer "${name}" does not tell its public key.`);
    }
    held.set(name, key);
  }
  const made = () =>
    Promise.reject(new CustodyError('custody_unsupported', 'Keys of this custody are made and destroyed elsewhere.'));
  return {
    kind: 'signers',
    names: () => Promise.resolve([...held.keys()].sort()),
    load(name) {
      const key = held.get(name);
      return key === undefined
        ? Promise.reject(new CustodyError('custody_key_missing', `There is no key "${name}".`))
        : Promise.resolve(key);
    },
    create: made,
    remove: made,
    close: () => Promise.resolve(held.clear()),
  };
}

function tellsPublicKey(key: PrivateKey | Signer): key is SigningKey {
  const { publicKey }: { readonly publicKey?: PublicKey } = key;
  return publicKey !== undefined && (isSigner(key) || 'extractable' in key);
}
