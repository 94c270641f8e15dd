import { isIP } from 'node:net';
import { z } from 'zod';
import { isAllowListEntry } from '../webhooks/address-guard.js';

/** A setting: its name in the environment behind `MCPS_AUTHORITY_`, and what its value may be. Its name in a file is its key in {@link SETTINGS}. */
interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly env: string;
  readonly schema: Schema;
  /** What the value may be, in words. */
  readonly expected: string;
  /** Also read from the file that `…_FILE` names, so that it need not be in the environment. */
  readonly secret?: true;
}

function setting<Schema extends z.ZodType>(
  env: string,
  schema: Schema,
  expected: string,
  more: { readonly secret?: true } = {},
): Setting<Schema> {
  return { env, schema, expected, ...more };
}

/** A whole number, as such or in decimal digits, as the environment has it. */
const whole = (least: number, most: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value),
    z.number().int().min(least).max(most),
  );

/** A list, as such or separated by commas. */
const list = (entry: z.ZodType<string>) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== '')
        : value,
    z.array(entry).max(256),
  );

const flag = z.preprocess(
  (value) => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value),
  z.boolean(),
);

const path = z.string().min(1).max(4096);
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*$/i;
const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value;
const isHttpUrl = (value: string) => /^https?:\/\//.test(value) && URL.canParse(value);

const DAY = 86_400;

/** Every setting of the authority. */
export const SETTINGS = {
  host: setting(
    'HOST',
    z.string().refine((value) => isIP(value) !== 0 || HOST_NAME.test(value)),
    'an IP address or a host name to listen at',
  ),
  port: setting('PORT', whole(0, 65_535), 'a port from 0 (any free one) to 65535'),
  publicUrl: setting(
    'PUBLIC_URL',
    z.string().max(2048).refine(isHttpUrl),
    'the http or https URL that agents reach it by',
  ),
  name: setting(
    'NAME',
    z.string().regex(/^[\x21-\x7e]{1,128}$/),
    'the issuer name: 1 to 128 printable ASCII characters without blanks',
  ),
  dataDir: setting('DATA_DIR', path, 'the path of a folder'),
  databaseUrl: setting(
    'DATABASE_URL',
    z.string().regex(/^postgres(ql)?:\/\/./),
    'a postgres:// URL; absent for the embedded database',
    { secret: true },
  ),
  adminToken: setting(
    'ADMIN_TOKEN',
    z.string().regex(/^[\x21-\x7e]{32,512}$/),
    'a token of 32 to 512 printable ASCII characters without blanks',
    { secret: true },
  ),
  passportTtlSeconds: setting('PASSPORT_TTL', whole(60, 3650 * DAY), 'seconds, 60 to ten years'),
  statusTtlSeconds: setting('STATUS_TTL', whole(1, 300), 'seconds, 1 to 300'),
  stapleTtlSeconds: setting('STAPLE_TTL', whole(1, 3600), 'seconds, 1 to 3600'),
  listTtlSeconds: setting('LIST_TTL', whole(10, 7 * DAY), 'seconds, 10 to a week'),
  heartbeatSeconds: setting('HEARTBEAT', whole(1, 60), 'seconds, 1 to 60'),
  enrolment: setting('ENROLMENT', z.enum(['open', 'token']), '"open" (anybody with a key) or "token"'),
  custody: setting('CUSTODY', z.enum(['file', 'pkcs11']), '"file" or "pkcs11"'),
  keyPassphrase: setting('KEY_PASSPHRASE', z.string().min(12).max(1024), 'a passphrase of 12 to 1024 characters', {
    secret: true,
  }),
  rootKeyFolder: setting(
    'ROOT_KEY_FOLDER',
    path,
    'the path of the folder with the root key, if that is not with the others',
  ),
  keyLeadSeconds: setting('KEY_LEAD', whole(0, 30 * DAY), 'seconds, 0 to 30 days'),
  rootKeyPassphrase: setting(
    'ROOT_KEY_PASSPHRASE',
    z.string().min(12).max(1024),
    'a passphrase of 12 to 1024 characters; absent for that of the other keys',
    { secret: true },
  ),
  pkcs11Module: setting('PKCS11_MODULE', path, 'the path of a PKCS #11 module'),
  pkcs11Token: setting('PKCS11_TOKEN', z.string().min(1).max(32), 'the label of a token'),
  pkcs11Pin: setting('PKCS11_PIN', z.string().min(1).max(255), "the token user's PIN", { secret: true }),
  tlsCert: setting('TLS_CERT', path, 'the path of a certificate chain in PEM'),
  tlsKey: setting('TLS_KEY', path, 'the path of its private key in PEM'),
  corsOrigins: setting(
    'CORS_ORIGINS',
    list(z.string().refine((value) => value === '*' || isOrigin(value))),
    'origins such as https://app.example, separated by commas, or *',
  ),
  webhookAllow: setting(
    'WEBHOOK_ALLOW',
    list(z.string().refine(isAllowListEntry)),
    'IP addresses and networks such as 127.0.0.0/8, separated by commas',
  ),
  trustedProxies: setting(
    'TRUSTED_PROXIES',
    list(z.string().refine(isAllowListEntry)),
    'IP addresses and networks of proxies whose X-Forwarded-For is believed, separated by commas',
  ),
  clientRatePerMinute: setting('CLIENT_RATE', whole(1, 10_000_000), 'requests per minute of one address, from 1 on'),
  tokenRatePerMinute: setting('TOKEN_RATE', whole(1, 10_000_000), 'requests per minute with one token, from 1 on'),
  maxBodyBytes: setting('MAX_BODY', whole(1024, 64 * 1024 * 1024), 'bytes, 1024 to 64 MiB'),
  maxEventClients: setting(
    'MAX_EVENT_CLIENTS',
    whole(1, 1_000_000),
    'how many may listen to events at once, from 1 on',
  ),
  metrics: setting('METRICS', z.enum(['open', 'token', 'off']), '"open", "token" (with scope read) or "off"'),
  docs: setting('DOCS', flag, 'true or false'),
  logLevel: setting(
    'LOG_LEVEL',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    'fatal, error, warn, info, debug, trace or silent',
  ),
  shutdownSeconds: setting('SHUTDOWN', whole(0, 600), 'seconds, 0 to 600'),
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof SETTINGS;

/** The values that were given, none of them checked against another. */
export type GivenSettings = { readonly [Name in SettingName]?: z.output<(typeof SETTINGS)[Name]['schema']> };
