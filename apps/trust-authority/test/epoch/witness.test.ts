import { copyFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FileWitness } from '../../src/epoch/file-witness.js';
import { readState } from '../../src/ledger/transaction.js';
import { describeDatabases, temporaryFolder } from '../support/databases.js';
import { AUTHORITY, fileWitness, issue, newPassport, openTestLedger, revoke } from '../support/ledgers.js';

const refusal = (code: string) => expect.objectContaining({ name: 'AuthorityError', code });
const state = (epoch: number, treeSize = epoch, era = 1) => ({
  era,
  epoch,
  treeSize,
  rootHash: 'a'.repeat(64),
  listNumber: 0,
});

describe('a witness in a file', () => {
  it('remembers the furthest state, also for one who opens it anew, and belongs to its owner alone', async () => {
    const path = join(temporaryFolder(), 'deep', 'witness.json');
    const witness = fileWitness(path);
    expect(await witness.read()).toBeUndefined();
    await Promise.all([witness.advance(state(1)), witness.advance(state(3)), witness.advance(state(2))]);
    expect(await fileWitness(path).read()).toEqual({
      authority: AUTHORITY,
      era: 1,
      epoch: 3,
      treeSize: 3,
      rootHash: 'a'.repeat(64),
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toEqual(['witness.json']);
  });

  it('never goes back, but into a new era', async () => {
    const witness = fileWitness();
    await witness.record(state(5, 9));
    await witness.record(state(4, 12));
    await witness.record(state(5, 8));
    expect(await witness.read()).toMatchObject({ epoch: 5, treeSize: 9 });
    await witness.record(state(4, 20, 2));
    expect(await witness.read()).toMatchObject({ era: 1 });
    await witness.record(state(6, 3, 2));
    expect(await witness.read()).toMatchObject({ era: 2, epoch: 6, treeSize: 3 });
  });

  it('writes nothing for what is no revocation, unless asked to', async () => {
    const path = join(temporaryFolder(), 'witness.json');
    const witness = fileWitness(path);
    await witness.advance(state(1, 1));
    const before = readFileSync(path);
    await witness.advance(state(1, 7));
    expect(readFileSync(path)).toEqual(before);
    await witness.record(state(1, 7));
    expect(await fileWitness(path).read()).toMatchObject({ treeSize: 7 });
  });

  it.each([
    ['empty', ''],
    ['cut off', '{"authority":"https://authority.example","epoch":1'],
    ['without a member', '{"authority":"https://authority.example","epoch":1,"era":1,"treeSize":1}'],
    [
      'with one too many',
      `{"authority":"https://authority.example","epoch":1,"era":1,"more":1,"rootHash":"${'a'.repeat(64)}","treeSize":1}`,
    ],
    [
      'with a number that is none',
      `{"authority":"https://authority.example","epoch":-1,"era":1,"rootHash":"${'a'.repeat(64)}","treeSize":1}`,
    ],
  ])('that is damaged (%s) is not taken for none', async (_name, text) => {
    const path = join(temporaryFolder(), 'witness.json');
    writeFileSync(path, text);
    await expect(fileWitness(path).read()).rejects.toEqual(refusal('witness_unavailable'));
  });

  it('of another authority is refused', async () => {
    const path = join(temporaryFolder(), 'witness.json');
    await new FileWitness({ path, authority: 'https://other.example' }).record(state(1));
    await expect(fileWitness(path).read()).rejects.toEqual(refusal('witness_unavailable'));
  });

  it('that cannot be written says so', async () => {
    const path = join(temporaryFolder(), 'witness.json');
    mkdirSync(path);
    await expect(fileWitness(path).advance(state(1))).rejects.toEqual(refusal('witness_unavailable'));
    await expect(fileWitness(path).read()).rejects.toEqual(refusal('witness_unavailable'));
  });
});

describeDatabases('opening a database', (kind) => {
  it('begins a history, and goes on with it', async () => {
    const [location, witness] = [await kind.create(), fileWitness()];
    const first = await openTestLedger(location, { witness });
    expect(first).toMatchObject({ state: { era: 1, epoch: 0, treeSize: 0 }, wasWitnessed: true });
    await first.ledger.submit(issue(newPassport()));
    await first.close();
    const second = await openTestLedger(location, { witness });
    expect(second).toMatchObject({ state: { treeSize: 1 }, challengeSecret: first.challengeSecret });
    await second.close();
  });

  it('of another authority is refused', async () => {
    const location = await kind.create();
    await (await openTestLedger(location)).close();
    const witness = new FileWitness({ path: join(temporaryFolder(), 'w'), authority: 'https://other.example' });
    await expect(openTestLedger(location, { witness, authority: 'https://other.example' })).rejects.toEqual(
      refusal('passport_conflict'),
    );
  });

  it('is possible for a replica that has seen nothing of it yet, which is said', async () => {
    const location = await kind.create();
    const first = await openTestLedger(location);
    const { id } = await first.ledger.submit(issue(newPassport()));
    await first.ledger.submit(revoke(id));
    const witness = fileWitness();
    const second = await openTestLedger(location, { witness });
    expect(second.wasWitnessed).toBe(false);
    expect(await witness.read()).toMatchObject({ epoch: 1 });
    await first.close();
    await second.close();
  });

  it('tells the witness what other replicas revoke, so that an older database is refused without them', async () => {
    const location = await kind.create();
    const [own, others] = [fileWitness(), fileWitness()];
    const replica = await openTestLedger(location, { witness: own });
    const other = await openTestLedger(location, { witness: others });
    const { id } = await other.ledger.submit(issue(newPassport()));
    await other.ledger.submit(revoke(id));
    replica.ledger.mark.pass(await readState(replica.store));
    await vi.waitFor(async () => expect(await own.read()).toMatchObject({ epoch: 1 }), 10_000);
    await other.close();
    await replica.close();
    await expect(openTestLedger(await kind.create(), { witness: own })).rejects.toEqual(refusal('state_rolled_back'));
  });

  it('moves the witness up to a revocation that was committed when the program ended before it could say so', async () => {
    const [location, witness] = [await kind.create(), fileWitness()];
    const first = await openTestLedger(location, { witness: { ...witnessless(), read: () => witness.read() } });
    const { id } = await first.ledger.submit(issue(newPassport()));
    await first.ledger.submit(revoke(id));
    await first.close();
    expect(await witness.read()).toBeUndefined();
    await (await openTestLedger(location, { witness })).close();
    expect(await witness.read()).toMatchObject({ epoch: 1, treeSize: 2 });
  });

  it('that is older than its witness is refused, by epoch and by the size of its log', async () => {
    const [location, witness] = [await kind.create(), fileWitness()];
    const opened = await openTestLedger(location, { witness });
    await opened.ledger.submit(issue(newPassport()));
    const now = await readState(opened.store);
    await opened.close();
    await witness.record({ ...now, treeSize: 2, rootHash: 'b'.repeat(64) });
    await expect(openTestLedger(location, { witness })).rejects.toEqual(refusal('state_rolled_back'));
    const other = fileWitness();
    await other.record({ ...now, epoch: 1 });
    await expect(openTestLedger(location, { witness: other })).rejects.toEqual(refusal('state_rolled_back'));
  });

  it('that has another history than its witness has seen is refused, however long it is by now', async () => {
    const [location, witness] = [await kind.create(), fileWitness()];
    const opened = await openTestLedger(location, { witness });
    for (let number = 0; number < 3; number += 1) await opened.ledger.submit(issue(newPassport()));
    await witness.record({ ...(await readState(opened.store)), rootHash: 'c'.repeat(64) });
    for (let number = 0; number < 6; number += 1) await opened.ledger.submit(issue(newPassport()));
    await opened.close();
    await expect(openTestLedger(location, { witness })).rejects.toEqual(refusal('state_rolled_back'));
  });

  it('whose log is damaged is refused', async () => {
    const location = await kind.create();
    const opened = await openTestLedger(location);
    for (let number = 0; number < 3; number += 1) await opened.ledger.submit(issue(newPassport()));
    await opened.store.transaction((transaction) =>
      transaction
        .updateTable('log_leaves')
        .set({ hash: 'd'.repeat(64) })
        .where('idx', '=', 2)
        .execute(),
    );
    await opened.close();
    await expect(openTestLedger(location)).rejects.toEqual(refusal('store_unavailable'));
  });

  if (kind.dialect === 'sqlite') {
    it('that was restored from a backup does not undo a revocation', async () => {
      const [location, witness] = [await kind.create(), fileWitness()];
      const first = await openTestLedger(location, { witness });
      const { id } = await first.ledger.submit(issue(newPassport()));
      await first.close();
      copyFileSync(location, `${location}.backup`);
      const second = await openTestLedger(location, { witness });
      await second.ledger.submit(revoke(id));
      await second.close();
      copyFileSync(`${location}.backup`, location);
      await expect(openTestLedger(location, { witness })).rejects.toEqual(refusal('state_rolled_back'));
    });
  }
});

/** What remembers nothing: the program ended before it could. */
function witnessless() {
  return { advance: async () => undefined, record: async () => undefined };
}
