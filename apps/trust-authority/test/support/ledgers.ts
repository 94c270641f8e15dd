import { join } from 'node:path';
import { FileWitness } from '../../src/epoch/file-witness.js';
import type { EpochWitness } from '../../src/epoch/witness.js';
import type { NewPassport } from '../../src/ledger/batch.js';
import type { Change } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/open-ledger.js';
import type { OpenLedgerOptions } from '../../src/ledger/open-ledger.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore } from '../../src/store/open-store.js';
import type { PassportRow } from '../../src/store/repository.js';
import { temporaryFolder } from './databases.js';

export const AUTHORITY = 'https://authority.example';

export function fileWitness(path = join(temporaryFolder(), 'witness.json')): FileWitness {
  return new FileWitness({ path, authority: AUTHORITY });
}

export async function openTestLedger(
  location: string,
  options: Partial<OpenLedgerOptions> & { readonly witness?: EpochWitness } = {},
) {
  const store = options.store ?? (await openStore(location));
  await migrate(store);
  const opened = await openLedger({ store, authority: AUTHORITY, witness: fileWitness(), ...options });
  return {
    ...opened,
    store,
    close: async () => {
      await opened.ledger.close();
      await store.close();
    },
  };
}

let counter = 0;

function passportId(number: number): string {
  return `asp_${number.toString(16).padStart(32, '0')}`;
}

/** A row that looks like a passport to the ledger, which reads none. */
export function newPassport(overrides: Partial<NewPassport> = {}): NewPassport {
  counter += 1;
  return {
    id: passportId(counter),
    digest: 'd'.repeat(64),
    name: 'agent',
    version: '1',
    key_thumbprint: 'k'.repeat(43),
    body: '{}',
    issuer_id: null,
    status_index: null,
    issued_at: 1_800_000_000_000,
    expires_at: 1_900_000_000_000,
    supersedes: null,
    ...overrides,
  };
}

export function issue(passport: NewPassport, challenge?: string): Change<PassportRow> {
  return {
    challenges: challenge === undefined ? [] : [{ challenge, expiresAtMs: 1_900_000_000_000 }],
    passportIds: [passport.id],
    apply: (batch) => {
      if (challenge !== undefined) batch.takeChallenge(challenge);
      return batch.issue(passport);
    },
  };
}

export function revoke(id: string): Change<PassportRow> {
  return { passportIds: [id], apply: (batch) => batch.revoke(id, 'manual_revoke') };
}
