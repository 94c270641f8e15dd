import { join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import { createTrustAnchors, parsePassport, verifyPassport } from '@mcps/protocol';
import { afterEach, expect, it } from 'vitest';
import { Api } from '../support/api.js';
import { startAuthority } from '../support/authority-process.js';
import type { AuthorityProcess } from '../support/authority-process.js';
import { describeDatabases, temporaryFolder } from '../support/databases.js';

const AGENTS = 1_000;
const adminToken = 'an-admin-token-for-the-tests-of-faults';

describeDatabases('a thousand agents that enrol at once', (kind) => {
  let authority: AuthorityProcess | undefined;
  afterEach(() => authority?.stop('SIGKILL'));

  it('each get a passport of their own', async () => {
    const location = await kind.create();
    authority = await startAuthority({
      DATA_DIR: join(temporaryFolder(), 'data'),
      NAME: 'test-authority',
      ADMIN_TOKEN: adminToken,
      ...(kind.dialect === 'postgres' ? { DATABASE_URL: location } : {}),
    });
    const api = new Api(authority.url);
    const pairs = await Promise.all(Array.from({ length: AGENTS }, () => generateKeyPair()));
    const answers = await Promise.all(
      pairs.map((pair, index) => api.enrol(pair, { name: `agent-${index}` }, adminToken)),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.slice(0, 1)).toEqual([]);

    const anchors = await createTrustAnchors([await api.get('/api/ta/public-key')]);
    const passports = answers.map(({ body }) => body);
    for (const [index, body] of passports.entries()) {
      const { passport } = await verifyPassport(parsePassport(body.passport), { anchors });
      expect(passport.agent.name).toBe(`agent-${index}`);
    }
    expect(new Set(passports.map(({ passport }) => passport.passport_id)).size).toBe(AGENTS);
  });
});
