import type { Authority } from '../../src/authority.js';
import { AuthorityError } from '../../src/error.js';
import type { HttpServices } from '../../src/http/services.js';
import { EventHub } from '../../src/events/event-hub.js';
import type { Scope } from '../../src/access/scopes.js';
import { TestFeed } from './feed.js';

export const KNOWN_ID = `asp_${'1'.repeat(32)}`;
export const UNKNOWN_ID = `asp_${'f'.repeat(32)}`;

const record = {
  passport: { passport_id: KNOWN_ID },
  id: KNOWN_ID,
  digest: 'd'.repeat(64),
  status: 'VALID',
  issuedAtMs: 0,
  expiresAtMs: 1,
  keyThumbprint: 'k'.repeat(43),
  leafIndex: 0,
};

/**
 * Services that answer at once and remember what they were asked to change: for tests of what HTTP makes of requests. Whether the services are right is
 * tested with the real ones.
 */
export function stubServices() {
  const changes: { readonly what: string; readonly args: readonly unknown[] }[] = [];
  const feed = new TestFeed();
  const changing =
    (what: string, answer: unknown) =>
    async (...args: unknown[]) => {
      changes.push({ what, args });
      if (args[0] === UNKNOWN_ID)
        throw new AuthorityError('passport_unknown', 'This authority issued no such passport.');
      return answer;
    };
  const known = (id: string) => id === KNOWN_ID;
  const issued = { passport: record.passport, record };
  const statement = { authority: 'stub', status: 'VALID', produced_at: '2030-01-01T00:00:00.000Z' };
  const list = { issuer: 'stub', number: 7, issued_at: '2030-01-01T00:00:00.000Z', revoked: [] };
  const authority = {
    name: 'stub',
    enrolment: {
      challenge: async () => ({ challenge: 'c', authority: 'stub', expiresAtMs: 0 }),
      prove: changing('prove', record),
    },
    passports: {
      issue: changing('issue', issued),
      renew: changing('renew', issued),
      rotate: changing('rotate', issued),
      register: changing('register', record),
      get: async (id: string) => (known(id) ? record : undefined),
      search: async (query: unknown) => ({ records: [record], cursor: JSON.stringify(query) }),
    },
    revocations: {
      revoke: changing('revoke', {
        passportId: KNOWN_ID,
        reason: 'manual_revoke',
        revokedAtMs: 0,
        epoch: 1,
        leafIndex: 1,
        isNew: true,
      }),
    },
    status: {
      answer: async () => statement,
      staple: async (id: string) => {
        if (!known(id)) throw new AuthorityError('passport_revoked', 'Revoked.');
        return statement;
      },
      list: async () => list,
      delta: async (from: number) => {
        if (from < 5) throw new AuthorityError('list_gone', 'Too old.');
        if (from === list.number) return undefined;
        return { ...list, from_number: from, added: [] };
      },
      bitmap: async () => ({ ...list, size: 8, bits: '' }),
      bundle: async (request: object) => ({ authority: 'stub', ...request }),
    },
    log: {
      treeHead: async () => ({ tree_size: 1 }),
      inclusion: async (leafIndex: number, treeSize = 9) => ({ leaf: '{}', leafIndex, treeSize, path: [] }),
      inclusionOf: async () => ({ leaf: '{}', leafIndex: 3, treeSize: 9, path: [] }),
      consistency: async (fromSize: number, toSize = 9) => ({ fromSize, toSize, path: [] }),
      entries: async (start: number, limit: number) => [{ index: start, leaf: String(limit), timestampMs: 0 }],
    },
    evidence: { scan: changing('scan', { evidence: {}, issued }), audit: changing('audit', { evidence: {}, issued }) },
    events: feed,
    health: async () => ({ healthy: true, checks: { passport: 'ok', status: 'ok', evidence: 'ok', store: 'ok' } }),
    ready: async () => undefined,
    close: async () => undefined,
  };
  const token = { id: '0'.repeat(16), name: 'new', scopes: ['read'], createdAtMs: 0 };
  const webhook = { id: `whk_${'0'.repeat(32)}`, url: 'https://hooks.example/', owner: 'admin', createdAtMs: 0 };
  const webhookRecord = { ...webhook, state: 'active', deliveredEpoch: 0, failedAttempts: 0, deadEpochs: [] };
  const hub = new EventHub({ feed, heartbeatMs: 60_000, maxClients: 3, maxClientsPerAddress: 2 });
  hub.start();
  const jwk = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) };
  const services = {
    authority: authority as unknown as Authority,
    hub,
    tokens: {
      // A token is its scopes, joined: `scopes:issue+read`.
      authenticate: async (text: string) =>
        text.startsWith('scopes:')
          ? { name: 'tester', tokenId: text, scopes: new Set(text.slice(7).split('+') as Scope[]) }
          : undefined,
      create: changing('token', { token: 'secret', record: token }),
      rotate: changing('rotate-token', { token: 'secret', record: token }),
      revoke: changing('revoke-token', true),
      list: async () => [token],
      createFirst: async () => undefined,
    },
    webhooks: {
      register: changing('webhook', { record: webhookRecord, secret: 'whsec_x' }),
      list: async () => [webhookRecord],
      get: async (id: string) => (id === webhook.id ? webhookRecord : undefined),
      remove: changing('remove-webhook', true),
      redeliver: changing('redeliver', true),
    },
    keys: {
      anchor: () => ({ issuer: 'stub', keys: [jwk], statusKeys: [jwk], evidenceKeys: [jwk] }),
      published: () => [{ name: 'root-1', purpose: 'root', jwk, thumbprint: 't'.repeat(43), notBeforeMs: 0 }],
      keySet: () => ({ authority: 'stub', number: 1 }),
      rotate: changing('rotate-key', {
        name: 'status-2',
        purpose: 'status',
        jwk,
        thumbprint: 't',
        notBeforeMs: 0,
        signsFromMs: 0,
      }),
    },
  } as unknown as HttpServices;
  return { services, changes, feed, hub, authority };
}
