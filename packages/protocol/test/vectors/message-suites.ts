import { TEST_KEYS, decodeTagged } from '@mcps/vectors';
import type { SuiteName } from '@mcps/vectors';
import {
  McpsError,
  MemoryReplayStore,
  SequenceGuard,
  checkContext,
  checkReply,
  classifyMessage,
  createConnection,
  negotiateVersion,
  openEnvelope,
  parseTimestamp,
  replyDigest,
  resolveSecurity,
  takeProfile,
  transcriptHash,
  verifyMessageWithKey,
  verifySessionBinding,
  verifyTranscriptBinding,
} from '../../src/index.js';
import type { Binding, Context, Delivery, ReplayOutcome } from '../../src/index.js';
import { anchorsOf, keyOf, object, steps } from './run.js';
import type { Input, Runner, Step } from './run.js';
import { SERVER_ID, WINDOW_MS, serverIdentity, statusSaying } from './server.js';
import { receiveFromPublished } from './published-suite.js';
import { openBodiless } from './session-header-suite.js';

const REPLAY_REASONS = {
  repeated: 'nonce_repeated',
  full: 'replay_store_full',
  'below-floor': 'below_store_floor',
} as const satisfies Record<Exclude<ReplayOutcome, 'accepted'>, string>;

interface ReplayStep extends Step {
  readonly atMs: number;
  readonly passportId: string;
  readonly key: string;
  readonly pool: string;
  readonly nonces: readonly string[];
  readonly expiresInMs: number;
}

/** A server that keeps no session, as the suite order-of-checks describes it. */
async function receive(input: Input): Promise<unknown> {
  const { message, before = [], now, status, rateLimit, expectedOrigin } = input;
  const clock = (): number => Number(now);
  const { passport, privateKey } = await serverIdentity(Number(now));
  const config = await resolveSecurity('server', {
    passport,
    privateKey,
    trustAnchors: await anchorsOf(input['anchors']),
    minTrustLevel: input['minTrustLevel'] as 1 | 2,
    stateless: true,
    // The identity of the suite, under a passport of our own: servers of tests are not configured with published keys.
    audience: SERVER_ID,
    clock,
    // Began long before: nothing lies below its floor.
    replayStore: new MemoryReplayStore({ clock: () => Number(now) - 2 * WINDOW_MS }),
    ...(status === undefined ? {} : { statusSource: statusSaying(status as string, clock) }),
    ...(rateLimit === undefined ? {} : { rateLimit: rateLimit as { perSecond: number; burst: number } }),
    ...(expectedOrigin === undefined ? {} : { expectedOrigin: expectedOrigin as string }),
  });
  const connection = await createConnection(config, { delivery: 'concurrent' });
  for (const earlier of before as unknown[]) await connection.open(earlier);
  for (const item of await connection.open(message)) if (item.type === 'report') throw item.error;
  return {};
}

/** A server that keeps sessions for those who want one, as the suite eras describes it. */
async function receiveInTurn(input: Input): Promise<unknown> {
  const now = Number(input['now']);
  const { passport, privateKey } = await serverIdentity(now);
  const config = await resolveSecurity('server', {
    passport,
    privateKey,
    trustAnchors: await anchorsOf(input['anchors']),
    audience: SERVER_ID,
    clock: () => now,
    replayStore: new MemoryReplayStore({ clock: () => now - 2 * WINDOW_MS }),
  });
  const connection = await createConnection(config, { delivery: 'ordered' });
  return steps(input['steps'] as (Step & { readonly message: unknown })[], async ({ message }) => {
    for (const item of await connection.open(message)) if (item.type === 'report') throw item.error;
  });
}

export const MESSAGE_SUITES: Partial<Record<SuiteName, Runner>> = {
  timestamps: ({ text }) => ({ milliseconds: parseTimestamp(String(text)) }),

  envelopes: async ({ message, key, now, channelBinding, requireLowS, tagged }) => {
    const received = tagged === true ? decodeTagged(message) : message;
    const verified = await verifyMessageWithKey(received, await keyOf(key), {
      clock: () => Number(now),
      requireLowS: requireLowS === true,
      ...(channelBinding === undefined ? {} : { channelBinding: channelBinding as string }),
    });
    return { messageHash: verified.messageHash, replyDigest: await replyDigest(verified) };
  },

  carriers: ({ received }) => {
    const { carrier, message } = openEnvelope(received);
    return { carrier, message };
  },

  profile: ({ signed }) => {
    const { kind, message } = classifyMessage(signed);
    const taken = takeProfile(message, kind);
    return {
      message: taken.message,
      members: Object.keys(taken.members).filter((name) => Reflect.get(taken.members, name) !== undefined),
    };
  },

  negotiation: ({ offered, supported }) => ({ version: negotiateVersion(offered as string[], supported as string[]) }),

  transcripts: async ({ form, role, client, server, binding, key }) => {
    const publicKey = await keyOf(key);
    const presented = binding as Binding;
    if (form === 'published') {
      await verifyTranscriptBinding(presented, publicKey, object(client), object(server));
      return { transcriptHash: presented.transcript_hash };
    }
    const hash = await transcriptHash(object(client), object(server));
    await verifySessionBinding(presented, { transcriptHash: hash, role: role as 'client' | 'server' }, publicKey);
    return { transcriptHash: hash };
  },

  context: ({ context, expected }) => {
    const { session, ...rest } = expected as {
      session: string | null;
      direction: 'client' | 'server';
      audiences: string[];
    };
    checkContext(context === null ? {} : { context: context as Context }, { ...rest, session: session ?? undefined });
    return {};
  },

  sequence: (input) => {
    const guard = new SequenceGuard(input['delivery'] as Delivery, () => undefined);
    return steps(input['steps'] as (Step & { seq?: number; refused?: boolean })[], ({ seq, refused }) => {
      if (refused === true) guard.countRefused();
      else guard.accept(Number(seq));
    });
  },

  replies: async ({ request, re }) => {
    const verified = await verifyMessageWithKey(request, await keyOf('agent'), {
      clock: () => Date.parse('2026-03-01T12:00:00Z'),
    });
    checkReply(re === null ? {} : { re: re as string }, await replyDigest(verified));
    return {};
  },

  replay: (input) => {
    const start = Date.parse('2026-03-01T12:00:00Z');
    const store = new MemoryReplayStore({
      ...(input['store'] as object | undefined),
      clock: () => start - 2 * WINDOW_MS,
    });
    return steps(input['steps'] as ReplayStep[], async ({ atMs, passportId, key, pool, nonces, expiresInMs }) => {
      const keyThumbprint = TEST_KEYS[key]?.thumbprint ?? '';
      const entries = nonces.map((nonce) => ({
        revision: '1.0',
        passportId,
        keyThumbprint,
        nonce,
        pool,
        expiresAtMs: start + expiresInMs,
      }));
      const outcome = await store.consume(entries, start + atMs);
      if (outcome !== 'accepted') throw new McpsError(REPLAY_REASONS[outcome]);
    });
  },

  'order-of-checks': receive,

  'session-headers': openBodiless,

  eras: receiveInTurn,

  'published-peers': receiveFromPublished,
};
