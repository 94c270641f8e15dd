import { afterEach, expect, it } from 'vitest';
import { AuthorityError } from '../../src/error.js';
import { readState } from '../../src/ledger/transaction.js';
import type { Store } from '../../src/store/store.js';
import { openStore } from '../../src/store/open-store.js';
import { describeDatabases } from '../support/databases.js';
import { AUTHORITY, fileWitness, issue, newPassport, openTestLedger, revoke } from '../support/ledgers.js';
import { merkleTreeHash } from '../support/merkle.js';

const refusal = (code: string) => expect.objectContaining({ name: 'AuthorityError', code });

describeDatabases('a ledger', (kind) => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function open(...args: Parameters<typeof openTestLedger>) {
    const opened = await openTestLedger(...args);
    closing.push(opened.close);
    return opened;
  }

  const leavesOf = async (store: Store) =>
    (await store.reader.selectFrom('log_leaves').select('leaf').orderBy('idx').execute()).map(({ leaf }) => leaf);

  async function expectSoundLog(store: Store) {
    const leaves = await leavesOf(store);
    expect(await readState(store)).toMatchObject({ treeSize: leaves.length, rootHash: merkleTreeHash(leaves) });
  }

  it('issues and revokes, each with its leaf in the log', async () => {
    const { ledger, store } = await open(await kind.create());
    const row = await ledger.submit(issue(newPassport()));
    const revoked = await ledger.submit(revoke(row.id));
    expect(row.leaf_index).toBe(0);
    expect(revoked).toMatchObject({ revocation_epoch: 1, revocation_reason: 'manual_revoke', revocation_leaf: 1 });
    expect((await leavesOf(store)).map((leaf) => (JSON.parse(leaf) as { type: string }).type)).toEqual([
      'issued',
      'revoked',
    ]);
    expect(await readState(store)).toMatchObject({ era: 1, epoch: 1, treeSize: 2, listNumber: 1 });
    await expectSoundLog(store);
  });

  it('makes many changes that come at once durable in few transactions, and numbers them without a gap', async () => {
    const store = await openStore(await kind.create());
    let transactions = 0;
    const counted: Store = {
      ...store,
      transaction: (work) => {
        transactions += 1;
        return store.transaction(work);
      },
    };
    const { ledger } = await open('', { store: counted, maxBatch: 100 });
    transactions = 0;
    const rows = await Promise.all(Array.from({ length: 1000 }, () => ledger.submit(issue(newPassport()))));
    expect(transactions).toBe(10);
    expect(rows.map((row) => row.leaf_index)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    const revoked = await Promise.all(rows.map((row) => ledger.submit(revoke(row.id))));
    expect(revoked.map((row) => row.revocation_epoch)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
    expect(await readState(store)).toMatchObject({ epoch: 1000, treeSize: 2000, listNumber: 10 });
    await expectSoundLog(store);
  });

  it('refuses one change of a batch without touching the others', async () => {
    const { ledger, store } = await open(await kind.create());
    const outcomes = await Promise.allSettled([
      ledger.submit(issue(newPassport())),
      ledger.submit(revoke('asp_ffffffffffffffffffffffffffffffff')),
      ledger.submit({
        apply: () => {
          throw new AuthorityError('policy_refused', 'no');
        },
      }),
      ledger.submit(issue(newPassport())),
    ]);
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: expect.objectContaining({ leaf_index: 0 }) },
      { status: 'rejected', reason: refusal('passport_unknown') },
      { status: 'rejected', reason: refusal('policy_refused') },
      { status: 'fulfilled', value: expect.objectContaining({ leaf_index: 1 }) },
    ]);
    await expectSoundLog(store);
  });

  it('makes nothing of a batch durable in which a change broke off half-way', async () => {
    const { ledger, store } = await open(await kind.create());
    const outcomes = await Promise.allSettled([
      ledger.submit(issue(newPassport())),
      ledger.submit({
        apply: (batch) => {
          batch.issue(newPassport());
          throw new AuthorityError('policy_refused', 'too late');
        },
      }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await leavesOf(store)).toEqual([]);
    await ledger.submit(issue(newPassport()));
    await expectSoundLog(store);
  });

  it('lets a challenge be used once, of two in one batch as of two in a row', async () => {
    const { ledger, store } = await open(await kind.create());
    const first = await Promise.allSettled([
      ledger.submit(issue(newPassport(), 'one')),
      ledger.submit(issue(newPassport(), 'one')),
    ]);
    expect(first.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(ledger.submit(issue(newPassport(), 'one'))).rejects.toEqual(refusal('challenge_used'));
    expect(await leavesOf(store)).toHaveLength(1);
  });

  it('never issues one id twice', async () => {
    const { ledger, store } = await open(await kind.create());
    const passport = newPassport();
    const outcomes = await Promise.allSettled([ledger.submit(issue(passport)), ledger.submit(issue(passport))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(ledger.submit(issue(passport))).rejects.toEqual(refusal('passport_conflict'));
    expect(await leavesOf(store)).toHaveLength(1);
  });

  it('revokes once: asked again, in one batch or later, it tells of the first time', async () => {
    const { ledger, store } = await open(await kind.create());
    const { id } = await ledger.submit(issue(newPassport()));
    const [one, two] = await Promise.all([ledger.submit(revoke(id)), ledger.submit(revoke(id))]);
    const three = await ledger.submit(revoke(id));
    expect([two, three]).toEqual([one, one]);
    expect(await readState(store)).toMatchObject({ epoch: 1, treeSize: 2 });
  });

  it('can be shared by two replicas on one database', async () => {
    const location = await kind.create();
    const [one, two] = [await open(location), await open(location)];
    const rows = await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? one : two).ledger.submit(issue(newPassport()))),
    );
    expect(new Set(rows.map((row) => row.leaf_index)).size).toBe(200);
    const revoked = await Promise.all(
      rows.map((row, index) => (index % 2 === 0 ? two : one).ledger.submit(revoke(row.id))),
    );
    expect(new Set(revoked.map((row) => row.revocation_epoch)).size).toBe(200);
    await expectSoundLog(one.store);
  });

  it('takes no more than may wait, nor anything once it is closed, and finishes what it has taken', async () => {
    const { ledger } = await open(await kind.create(), { maxWaiting: 3 });
    const submitted = Array.from({ length: 5 }, () => ledger.submit(issue(newPassport())));
    const closed = ledger.close();
    const late = ledger.submit(issue(newPassport()));
    await expect(late).rejects.toEqual(refusal('closed'));
    const outcomes = await Promise.allSettled(submitted);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(outcomes.at(-1)).toMatchObject({ reason: refusal('busy') });
    await closed;
  });

  it('tells of what has become durable before it acknowledges it, revocations only once the witness knows them', async () => {
    const events: string[] = [];
    const witness = fileWitness();
    const advance = witness.advance.bind(witness);
    witness.advance = async (state) => {
      await advance(state);
      events.push(`witness ${state.epoch}`);
    };
    const { ledger } = await open(await kind.create(), {
      witness,
      onCommitted: ({ state }) => events.push(`committed ${state.epoch}`),
    });
    const { id } = await ledger.submit(issue(newPassport()));
    events.length = 0;
    await ledger.submit(revoke(id)).then(() => events.push('acknowledged'));
    expect(events).toEqual(['witness 1', 'committed 1', 'acknowledged']);
    expect(await witness.read()).toMatchObject({ authority: AUTHORITY, epoch: 1, treeSize: 2 });
  });

  it('acknowledges no revocation that the witness cannot record, and makes up for it later', async () => {
    const witness = fileWitness();
    const advance = witness.advance.bind(witness);
    const { ledger, store } = await open(await kind.create(), { witness });
    const { id } = await ledger.submit(issue(newPassport()));
    witness.advance = async () => {
      throw new AuthorityError('witness_unavailable', 'the disk is full');
    };
    await expect(ledger.submit(revoke(id))).rejects.toEqual(refusal('witness_unavailable'));
    await expect(ledger.submit(revoke(id))).rejects.toEqual(refusal('witness_unavailable'));
    witness.advance = advance;
    expect(await ledger.submit(revoke(id))).toMatchObject({ revocation_epoch: 1 });
    expect(await witness.read()).toMatchObject({ epoch: 1 });
    await expectSoundLog(store);
  });

  it('refuses to go on over a database that was replaced by an older one beneath it', async () => {
    const { ledger, store } = await open(await kind.create());
    const { id } = await ledger.submit(issue(newPassport()));
    const before = await readState(store);
    await ledger.submit(revoke(id));
    const leaves = await leavesOf(store);
    await store.transaction(async (transaction) => {
      await transaction.deleteFrom('revocations').execute();
      await transaction.deleteFrom('log_leaves').where('idx', '>=', before.treeSize).execute();
      await transaction.deleteFrom('log_nodes').where('level', '=', 1).execute();
      await transaction
        .updateTable('authority_state')
        .set({ epoch: before.epoch, tree_size: before.treeSize, root_hash: before.rootHash })
        .execute();
    });
    await expect(ledger.submit(issue(newPassport()))).rejects.toEqual(refusal('state_rolled_back'));
    expect(await leavesOf(store)).toEqual(leaves.slice(0, 1));
  });
});
