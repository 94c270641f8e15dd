import { ConfigurationError } from '@mcps/protocol';
import type { AuditEvent, AuditSink, Passport } from '@mcps/protocol';
import { secureMCP, secureMCPClient } from '@mcps/sdk-adapter';
import type { AdapterOptions, Connectable, SecureOptions } from '@mcps/sdk-adapter';
import { createTrustClient } from '@mcps/trust-client';
import { TRUST_LEVELS } from '../constants.js';
import { ERROR_CODES } from '../error-codes.js';
import { addressesOf, isSelective, openAuthorities, refuseSelection, trustedOf } from './authorities.js';
import { isIdOnly } from './options.js';
import type { AuthorityOptions, IdentityOptions, LayerOptions } from './options.js';

/** A server or client of the official SDK: what connects, and takes no single messages. */
export type OfficialObject = Connectable & { readonly handleMessage?: undefined; readonly send?: undefined };

/** Options for a server or client of the official SDK: those of the published function, and every one of `@mcps/sdk-adapter`. */
export type OfficialOptions = AuthorityOptions & IdentityOptions & LayerOptions & AdapterOptions;

/** With several authorities nobody listens to a feed, as nobody knows when to stop: answers are asked for so often. */
const STATUS_MAX_AGE_MS = 10_000;

/** Whether an object is a server or client of the official SDK. */
export function isOfficial(target: unknown): target is OfficialObject {
  return isWith(target, 'connect') && !isWith(target, 'handleMessage') && !isWith(target, 'send');
}

function isWith(target: unknown, method: string): boolean {
  return typeof target === 'object' && target !== null && typeof Reflect.get(target, method) === 'function';
}

/**
 * Secures a server or client of the official SDK by `@mcps/sdk-adapter`. Where the passport is only known by its id, or there are several authorities, the first
 * `connect` asks them before anything is sent.
 */
export function secureOfficial<T extends OfficialObject>(
  target: T,
  role: 'server' | 'client',
  options: OfficialOptions,
): T {
  const given: Partial<OfficialOptions> = options ?? {};
  // Read by the adapter with the first connect, and completed before that.
  const adapted = adapterOptions(given);
  if (role === 'server') secureMCP(target, adapted as SecureOptions);
  else secureMCPClient(target, adapted as SecureOptions);
  if (!isToBeCompleted(given)) return target;
  const connecting = lowLevelOf(target);
  const connect = connecting.connect.bind(connecting);
  let completed: Promise<void> | undefined;
  const complete = async (): Promise<void> => {
    completed ??= completeOptions(given, adapted);
    await completed.catch((error: unknown) => {
      completed = undefined;
      throw error;
    });
  };
  Object.defineProperty(connecting, 'connect', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: async (...parameters: Parameters<Connectable['connect']>) => {
      await complete();
      await connect(...parameters);
    },
  });
  return target;
}

/** The object whose `connect` the adapter has secured: an McpServer connects through its low-level server. */
function lowLevelOf(target: Connectable): Connectable {
  const inner: unknown = Reflect.get(target, 'server');
  return isWith(inner, 'connect') ? (inner as Connectable) : target;
}

type Adapted = { -readonly [K in keyof OfficialOptions]?: OfficialOptions[K] } & { expectedOrigin?: string };

function adapterOptions(options: Partial<OfficialOptions>): Adapted {
  const { trustAuthorities: _all, trustedIssuers: _names, origin, onRevoked, ...rest } = options;
  const [only, ...others] = addressesOf(options);
  const adapted: Adapted = { ...withoutUndefined(rest) };
  adapted.minTrustLevel = options.minTrustLevel ?? TRUST_LEVELS.VERIFIED;
  if (others.length === 0 && only !== undefined) adapted.trustAuthority = only;
  if (origin !== undefined && origin !== null) adapted.expectedOrigin = origin;
  if (onRevoked !== undefined) adapted.onAudit = tellRevoked(onRevoked, options.onAudit);
  return adapted;
}

function withoutUndefined(options: Partial<OfficialOptions>): Partial<OfficialOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function isToBeCompleted(options: Partial<OfficialOptions>): boolean {
  return isIdOnly(options.passport) || isSelective(options) || addressesOf(options).length > 1;
}

async function completeOptions(options: Partial<OfficialOptions>, adapted: Adapted): Promise<void> {
  const { passport, trustClient } = options;
  refuseSelection(options);
  if (trustClient === undefined && addressesOf(options).length === 0) throw withoutAuthority();
  const client = trustClient ?? (await openAuthorities(options, false));
  try {
    if (isIdOnly(passport)) adapted.passport = await passportOf(passport, client);
    if (trustClient !== undefined) return;
    const authorities = trustedOf(client, options);
    const [first] = authorities;
    if (authorities.length === 1 && first?.trustAnchor !== undefined && typeof first.urls === 'string') {
      // The keys that were fetched just now are those that are believed from now on.
      adapted.trustAuthority = first.urls;
      adapted.trustAnchors = [first.trustAnchor];
      return;
    }
    const { onTrustNotice, statusMaxAgeMs = STATUS_MAX_AGE_MS } = options;
    const notices = onTrustNotice === undefined ? {} : { onNotice: onTrustNotice };
    adapted.trustClient = await createTrustClient({
      authorities,
      subscribe: false,
      maxAgeMs: statusMaxAgeMs,
      ...notices,
    });
    adapted.statusMaxAgeMs = statusMaxAgeMs;
    delete adapted.trustAnchors;
    delete adapted.onTrustNotice;
  } finally {
    if (trustClient === undefined) await client.close();
  }
}

async function passportOf(
  passportId: string,
  client: { resolve: (id: string) => Promise<{ passport: Passport } | undefined> },
): Promise<Passport> {
  const found = await client.resolve(passportId);
  if (found !== undefined) return found.passport;
  throw new ConfigurationError(
    'option_invalid',
    `No trust authority knows the passport ${passportId}: give the passport itself as \`passport\`, the object or its JSON text, or its right id.`,
  );
}

function withoutAuthority(): ConfigurationError {
  return new ConfigurationError(
    'option_missing',
    'A passport given by its id is had from an authority: give a `trustAuthority`, or the passport itself, the object or its JSON text.',
  );
}

function tellRevoked(
  onRevoked: (passportId: string, reason: string) => void,
  onAudit: AuditSink | undefined,
): AuditSink {
  return (event) => {
    onAudit?.(event);
    const refused = refusedFor(event);
    if (refused?.code === ERROR_CODES.PASSPORT_REVOKED.code) onRevoked(refused.passportId ?? '', refused.reason);
  };
}

function refusedFor(event: AuditEvent): { code: string; reason: string; passportId: string | undefined } | undefined {
  switch (event.type) {
    case 'message.refused':
      return { code: event.code, reason: event.reason, passportId: event.claimedPassportId };
    case 'peer.cut-off':
      return { code: event.code, reason: event.reason, passportId: event.peer.passportId };
    default:
      return undefined;
  }
}
