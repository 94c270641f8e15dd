import { exportPublicPem, importPublicKey } from '@mcps/crypto';
import { MemoryPassportStore, createTrustAnchors, verifyPassport } from '@mcps/protocol';
import { Authority } from '../../../../packages/sdk-adapter/test/harness/identities.js';
import type { Identity } from '../../../../packages/sdk-adapter/test/harness/identities.js';
import type { PartyOptions } from '../../../../packages/sdk-adapter/test/harness/parties.js';
import { PythonPackage } from './python-package.js';

/** A party of this library and one of the package `mcps-secure`, each with a passport that an authority of its own kind has issued, and known to the other. */
export interface Acquaintance {
  readonly ours: Identity;
  /** How our side is secured, in either role. */
  readonly options: PartyOptions;
  readonly pythonPassportId: string;
  /** What the Python scripts are configured by: who they are, and whom they may believe. */
  readonly env: { readonly PUBLISHED_PEER: string };
}

const PYTHON_ISSUER = 'python.example';

export async function acquaint(python: string): Promise<Acquaintance> {
  const authority = await Authority.create();
  const ours = await authority.issue('ours');
  const authorityKey = await importPublicKey(JSON.parse(authority.anchorFile)[0].keys[0]);
  const calls = PythonPackage.start(python);
  try {
    const [root, agent] = [await calls.call('generate_key_pair', []), await calls.call('generate_key_pair', [])];
    const unsigned = await calls.call('create_passport', ['python peer'], {
      public_key: agent.public_key,
      issuer: PYTHON_ISSUER,
    });
    const passport = await calls.call('sign_passport', [unsigned, root.private_key]);
    const pythonAnchor = { issuer: PYTHON_ISSUER, keys: [await calls.call('public_key_to_jwk', [root.public_key])] };
    const passportStore = new MemoryPassportStore();
    const anchors = await createTrustAnchors([pythonAnchor]);
    await passportStore.put(await verifyPassport(passport, { anchors, now: Date.now() }));
    const settings = {
      passport,
      private_key: agent.private_key,
      authority_key: await exportPublicPem(authorityKey),
      peers: [ours.passport],
    };
    return {
      ours,
      options: {
        passport: ours.passport,
        privateKey: ours.privateKey,
        trustAnchors: [...authority.anchors, pythonAnchor],
        allowPublishedPeers: true,
        passportStore,
        // The published format signs tools one by one, in no listing: without this, none of them is shown or called.
        tools: { requireSignature: false },
      },
      pythonPassportId: passport.passport_id,
      env: { PUBLISHED_PEER: JSON.stringify(settings) },
    };
  } finally {
    await calls.stop();
  }
}
