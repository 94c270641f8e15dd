import { lookup } from 'node:dns/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AccessTokens, CreatedToken } from '../access/access-tokens.js';
import { withConfiguredToken } from '../access/configured-token.js';
import { StoredTokens } from '../access/stored-tokens.js';
import type { AuthorityConfig } from '../config/config.js';
import { createAuthority } from '../create-authority.js';
import { openFileCustody } from '../custody/encrypted-file/file-custody.js';
import type { KeyCustody } from '../custody/key-custody.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import { FileWitness } from '../epoch/file-witness.js';
import { EventHub } from '../events/event-hub.js';
import { ensurePrivateFolder } from '../files/private-file.js';
import type { HttpServices } from '../http/services.js';
import { standardPolicy } from '../issuing/standard-policy.js';
import { KeyRenewal } from '../keys/key-renewal.js';
import { openKeyRing } from '../keys/open-key-ring.js';
import type { AuthorityMetrics } from '../observability/metrics.js';
import { migrate } from '../store/migrate.js';
import { guarded, openStore } from '../store/open-store.js';
import type { Store } from '../store/store.js';
import { createAddressGuard } from '../webhooks/address-guard.js';
import { DeliveryLedger } from '../webhooks/delivery-ledger.js';
import { WebhookDispatcher } from '../webhooks/dispatcher.js';
import { StoredWebhooks } from '../webhooks/stored-webhooks.js';
import type { Resolve } from '../webhooks/target.js';
import { resolvePassphrase } from './passphrase.js';

export interface OpenedServices {
  readonly services: HttpServices;
  /** The very first token, at the very first start. */
  readonly firstToken: CreatedToken | undefined;
  readonly store: Store;
  /** Begins to send events and deliveries. */
  start(): void;
  /** Ends them in good order, the streams of events first. */
  close(): Promise<void>;
}

/** Of one address, of those that may listen at once. */
const EVENT_CLIENTS_SHARE = 10;
/** How often a replica looks for keys that another one has made. */
const KEY_REFRESH_MS = 30_000;

const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);

/** Opens everything that the endpoints stand on, as configured. What cannot be opened closes what was opened before. */
export async function openServices(
  config: AuthorityConfig,
  { metrics, logger }: { readonly metrics: AuthorityMetrics; readonly logger: Logger },
): Promise<OpenedServices> {
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    await ensurePrivateFolder(config.dataDir);
    const custody = await openCustody(config, logger);
    opened.push(() => custody.close());
    const store = await openStore(config.database, { onError: (err) => logger.warn({ err }, 'database connection') });
    opened.push(() => store.close());
    await migrate(store);
    const issuer = config.name ?? (await recordedName(store)) ?? `authority-${randomBytes(4).toString('hex')}`;
    const rootCustody = await openRootCustody(config);
    if (rootCustody !== undefined) opened.push(() => rootCustody.close());
    const keys = await openKeyRing({
      store,
      custody,
      issuer,
      leadSeconds: config.keyLeadSeconds,
      ...(rootCustody === undefined ? {} : { rootCustody }),
    });
    const authority = await createAuthority({
      store,
      keys,
      witness: new FileWitness({ path: join(config.dataDir, 'witness', 'witness.json'), authority: issuer }),
      policy: standardPolicy({
        open: config.enrolment === 'open' ? 1 : 'closed',
        ttlSeconds: config.passportTtlSeconds,
      }),
      statusTtlSeconds: config.statusTtlSeconds,
      stapleTtlSeconds: config.stapleTtlSeconds,
      listTtlSeconds: config.listTtlSeconds,
    });
    opened.push(() => authority.close());
    const renewal = new KeyRenewal({
      keys,
      logger,
      passportTtlSeconds: config.passportTtlSeconds,
      isRevoked: async (id) => (await authority.passports.get(id))?.status === 'REVOKED',
    });
    const { tokens, firstToken } = await openTokens(config, store);
    const guard = createAddressGuard(config.webhookAllow);
    const onError = (err: unknown) => logger.error({ err }, 'events');
    const hub = new EventHub({
      feed: authority.events,
      heartbeatMs: config.heartbeatSeconds * 1000,
      maxClients: config.maxEventClients,
      maxClientsPerAddress: Math.max(1, Math.ceil(config.maxEventClients / EVENT_CLIENTS_SHARE)),
      onClients: (count) => metrics.eventClients.set(count),
      onCut: () => metrics.eventClientsCut.inc(),
      onError,
    });
    const dispatcher = new WebhookDispatcher({
      feed: authority.events,
      ledger: new DeliveryLedger(store),
      guard,
      resolve: systemResolve,
      onOutcome: (outcome) => metrics.deliveries.inc({ outcome }),
      onError: (err) => logger.error({ err }, 'webhooks'),
    });
    const webhooks = new StoredWebhooks({ store, guard, resolve: systemResolve });
    const maintain = async () => {
      try {
        await keys.refresh();
        await renewal.renewInTime();
      } catch (error) {
        onError(error);
      }
    };
    await renewal.renewInTime();
    let refresh: NodeJS.Timeout | undefined;
    return {
      services: { authority, keys, tokens, webhooks, hub },
      firstToken,
      store,
      start() {
        hub.start();
        dispatcher.start();
        refresh = setInterval(() => void maintain(), KEY_REFRESH_MS);
        refresh.unref();
      },
      async close() {
        clearInterval(refresh);
        hub.close();
        await dispatcher.close();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll().catch(() => undefined);
    throw error;
  }
}

async function openCustody({ custody, dataDir }: AuthorityConfig, logger: Logger): Promise<KeyCustody> {
  if (custody.kind === 'pkcs11') {
    return openPkcs11Custody({ module: custody.module, tokenLabel: custody.tokenLabel, pin: custody.pin });
  }
  const { passphrase, file } = await resolvePassphrase(custody.passphrase, dataDir);
  if (file !== undefined) {
    logger.warn(
      { file },
      'The passphrase of the keys lies beside them. Set MCPS_AUTHORITY_KEY_PASSPHRASE_FILE elsewhere.',
    );
  }
  return openFileCustody({ folder: custody.folder, passphrase });
}

async function openRootCustody({ rootKeys, custody, dataDir }: AuthorityConfig): Promise<KeyCustody | undefined> {
  if (rootKeys === undefined) return undefined;
  const configured = rootKeys.passphrase ?? (custody.kind === 'file' ? custody.passphrase : undefined);
  const { passphrase } = await resolvePassphrase(configured, dataDir);
  return openFileCustody({ folder: rootKeys.folder, passphrase });
}

async function openTokens(
  { adminToken }: AuthorityConfig,
  store: Store,
): Promise<{ readonly tokens: AccessTokens; readonly firstToken: CreatedToken | undefined }> {
  const stored = new StoredTokens(store);
  if (adminToken !== undefined) {
    return { tokens: await withConfiguredToken(stored, adminToken), firstToken: undefined };
  }
  return { tokens: stored, firstToken: await stored.createFirst() };
}

/** The issuer name that the database belongs to, if it has one already. */
async function recordedName(store: Store): Promise<string | undefined> {
  const row = await guarded(() => store.reader.selectFrom('authority_state').select('authority').executeTakeFirst());
  return row?.authority;
}
