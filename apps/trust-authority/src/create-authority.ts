import { decodeBase64Url, encodeUtf8, importPublicKey, sign, verify } from '@mcps/crypto';
import { systemClock } from '@mcps/protocol';
import type { Clock } from '@mcps/protocol';
import type { Authority, Health, RevokeRequest } from './authority.js';
import type { SigningKey } from './custody/key-custody.js';
import type { EpochWitness } from './epoch/witness.js';
import { AuthorityError } from './error.js';
import { EvidenceService } from './evidence/evidence-service.js';
import { RevocationFeed } from './events/revocation-feed.js';
import { Challenges } from './issuing/challenges.js';
import { IssuingService } from './issuing/issuing-service.js';
import type { IssuingPolicy } from './issuing/policy.js';
import { StatusIndices } from './issuing/status-indices.js';
import type { KeyRing } from './keys/key-ring.js';
import { logKeys } from './keys/log-keys.js';
import type { Ledger } from './ledger/ledger.js';
import { openLedger } from './ledger/open-ledger.js';
import { readState } from './ledger/transaction.js';
import { LogService } from './log/log-service.js';
import { recordOf, rowOf } from './passport-rows.js';
import { SupersededSweeper } from './revoking/superseded-sweeper.js';
import { StatusLists } from './status/status-lists.js';
import { StatusService } from './status/status-service.js';
import { guarded } from './store/open-store.js';
import type { Store } from './store/store.js';

export interface CreateAuthorityOptions {
  /** Migrated. Stays open when the authority is closed. */
  readonly store: Store;
  readonly keys: KeyRing;
  readonly witness: EpochWitness;
  readonly policy: IssuingPolicy;
  readonly statusTtlSeconds: number;
  readonly stapleTtlSeconds: number;
  readonly listTtlSeconds: number;
  /** How long a passport that was replaced still counts. Default: an hour. */
  readonly graceSeconds?: number;
  readonly clock?: Clock;
  /** Told of what goes wrong where nobody waits for an answer. */
  readonly onError?: (error: unknown) => void;
}

/** How often to look whether another process has changed anything: notices may be missed, and the embedded database sends none. */
const POLL_MS = 1000;

/**
 * Opens an authority over its database.
 *
 * Rejects with `AuthorityError`: `state_rolled_back`, `passport_conflict`, `store_unavailable`, `witness_unavailable`.
 */
export async function createAuthority(options: CreateAuthorityOptions): Promise<Authority> {
  const { store, keys, witness, policy, clock = systemClock, graceSeconds = 3600, onError = () => undefined } = options;
  let changed = (): void => undefined;
  const opened = await openLedger({
    store,
    witness,
    authority: keys.issuer,
    clock,
    onCommitted: ({ revocations }) => {
      if (revocations.length > 0) changed();
    },
  });
  const { ledger } = opened;
  const state = async () => ledger.mark.pass(await guarded(() => readState(store)));
  const secret = decodeBase64Url(opened.challengeSecret);
  const challenges = new Challenges({ authority: keys.issuer, secret, clock });
  const indices = new StatusIndices(store);
  const issuing = new IssuingService({ store, ledger, keys, challenges, policy, indices, clock, graceSeconds });
  const lists = new StatusLists({ store, keys, clock, ttlSeconds: options.listTtlSeconds });
  const { statusTtlSeconds, stapleTtlSeconds } = options;
  const status = new StatusService({ store, keys, clock, state, lists, statusTtlSeconds, stapleTtlSeconds });
  const feed = new RevocationFeed({ store, keys, clock, state, epoch: opened.state.epoch, onError });
  const sweeper = new SupersededSweeper({ store, ledger, clock, onError });
  await registerIssuers(ledger, keys);
  await logKeys(ledger, keys);

  let epoch = opened.state.epoch;
  changed = () => {
    status.forget();
    void feed.check();
  };
  const poll = async () => {
    try {
      const present = await state();
      if (present.epoch !== epoch) changed();
      epoch = present.epoch;
    } catch (error) {
      onError(error);
    }
  };
  const unlisten = await store.listen({ onChange: () => changed(), onConnection: () => changed() });
  const stopKeys = keys.onChange((before) => {
    status.forget();
    void feed.announceKeys(before.status);
    void registerIssuers(ledger, keys)
      .then(() => logKeys(ledger, keys))
      .catch(onError);
  });
  const timer = setInterval(() => void poll(), POLL_MS);
  timer.unref();
  sweeper.start();

  return {
    name: keys.issuer,
    enrolment: {
      challenge: async () => ({ authority: keys.issuer, ...challenges.create() }),
      prove: (passportId, proof) => issuing.prove(passportId, proof),
    },
    passports: issuing,
    revocations: {
      revoke: (passportId, request) => revoke(ledger, passportId, request),
    },
    status,
    log: new LogService({ store, keys, clock, state }),
    evidence: new EvidenceService({ issuing, ledger, keys, clock }),
    events: feed,
    health: () => health(keys, state),
    ready: async () => {
      await state();
    },
    async close() {
      clearInterval(timer);
      stopKeys();
      await sweeper.close();
      await unlisten();
      await ledger.close();
      await feed.check();
    },
  };
}

function revoke(ledger: Ledger, passportId: string, { reason }: RevokeRequest) {
  return ledger.submit({
    passportIds: [passportId],
    apply: (batch) => {
      const isNew = batch.passport(passportId)?.revocation_epoch === null;
      const { revocation } = recordOf(batch.revoke(passportId, reason), batch.now);
      if (revocation === undefined) throw new Error('What has been revoked has a revocation.');
      return { ...revocation, isNew };
    },
  });
}

/** Issuing passports have a status like any other. */
async function registerIssuers(ledger: Ledger, keys: KeyRing): Promise<void> {
  for (const passport of keys.intermediates()) {
    const row = await rowOf(passport, await importPublicKey(passport.public_key ?? {}), null);
    await ledger.submit({
      passportIds: [row.id],
      apply: (batch) => {
        if (batch.passport(row.id) === undefined) batch.issue(row);
      },
    });
  }
}

async function health(keys: KeyRing, state: () => Promise<unknown>): Promise<Health> {
  const checks = {
    passport: await check(() => checkKey(keys.issuing().key)),
    status: await check(() => checkKey(keys.status())),
    evidence: await check(() => checkKey(keys.evidence())),
    store: await check(state),
  };
  return { healthy: Object.values(checks).every((word) => word === 'ok'), checks };
}

async function check(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    return error instanceof AuthorityError ? error.code : 'signer_unavailable';
  }
}

/** What is signed is no message of any kind: it begins like none. */
const PROBE = encodeUtf8('mcps/1.0:health\0');

async function checkKey(key: SigningKey): Promise<void> {
  if (!(await verify(key.publicKey, PROBE, await sign(key, PROBE)))) {
    throw new AuthorityError('signer_unavailable', 'A signature did not verify.');
  }
}
