import { join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Api } from '../support/api.js';
import { startAuthority } from '../support/authority-process.js';
import type { AuthorityProcess } from '../support/authority-process.js';
import { temporaryFolder } from '../support/databases.js';
import { PostgresServer, findPostgres } from '../support/postgres-server.js';

const adminToken = 'an-admin-token-for-the-tests-of-faults';
/** Far more than an answer takes, and far less than anybody would wait. */
const LIMIT_MS = 30_000;

describe.skipIf(findPostgres() === undefined)('an authority whose database is stopped', () => {
  let database: PostgresServer;
  let authority: AuthorityProcess;
  let api: Api;

  beforeAll(async () => {
    database = await PostgresServer.start();
    authority = await startAuthority({
      DATA_DIR: join(temporaryFolder(), 'data'),
      NAME: 'test-authority',
      ADMIN_TOKEN: adminToken,
      DATABASE_URL: await database.createDatabase(),
    });
    api = new Api(authority.url);
  });

  afterAll(async () => {
    await authority.stop('SIGKILL');
    await database.destroy();
  });

  it('acknowledges nothing, says so at once, and goes on once the database is back, with all that it acknowledged', async () => {
    const pair = await generateKeyPair();
    const enrol = async () => api.enrol(pair, {}, adminToken);
    const revoke = async (id: string) =>
      api.call('POST', `/api/revoke/${id}`, { reason: 'key_compromise' }, adminToken);
    const [kept, ended] = [(await enrol()).body.passport.passport_id, (await enrol()).body.passport.passport_id];
    expect((await revoke(ended)).status).toBe(200);

    // As it falls over: what is on its way is acknowledged or refused, and nobody is left waiting.
    const underWay = Array.from({ length: 20 }, enrol);
    await database.stop('immediate');
    const settled = await within(Promise.all(underWay));
    const acknowledged = settled.filter(({ status }) => status === 201).map(({ body }) => body.passport.passport_id);
    for (const { status } of settled) expect([201, 500, 503]).toContain(status);

    expect((await within(api.call('GET', '/ready'))).status).toBe(503);
    expect((await within(enrol().catch(() => ({ status: 503 })))).status).toBe(503);
    expect((await within(revoke(kept))).status).toBe(503);
    const answer = await within(api.call('GET', `/api/verify/${ended}`));
    // What it has signed shortly before may still be given out; it must not be another word.
    if (answer.status === 200) expect(answer.body.status).toBe('REVOKED');
    else expect(answer.status).toBe(503);

    await database.run();
    await vi.waitFor(async () => expect((await api.call('GET', '/ready')).status).toBe(200), LIMIT_MS);
    expect((await enrol()).status).toBe(201);
    for (const id of [kept, ...acknowledged]) expect((await api.get(`/api/verify/${id}`)).status).toBe('VALID');
    expect((await api.get(`/api/verify/${ended}`)).status).toBe('REVOKED');
    expect((await revoke(kept)).status).toBe(200);
    expect((await api.get(`/api/verify/${kept}`)).status).toBe('REVOKED');
  });
});

function within<T>(answer: Promise<T>): Promise<T> {
  return Promise.race([
    answer,
    new Promise<never>((_, reject) => {
      setTimeout(() => {
        reject(new Error('nobody answers'));
      }, LIMIT_MS).unref();
    }),
  ]);
}
