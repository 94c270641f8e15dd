import { generateKeyPair, importPublicKey } from '@mcps/crypto';
import {
  MemoryReplayStore,
  MemoryStatusSource,
  createTrustAnchors,
  issuePassport,
  resolveSecurity,
} from '@mcps/protocol';
import type { AuditEvent, SecurityConfig, TrustAnchors } from '@mcps/protocol';
import { SUITES, TEST_KEYS } from '@mcps/vectors';
import type { Vector } from '@mcps/vectors';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { secureTransport } from '../../src/index.js';

const WINDOW_MS = 300_000;
const SERVER_ID = `asp_${'b'.repeat(32)}`;
const AGENT = { anchor: 'authority.mcps.test', passportId: `asp_${'a'.repeat(32)}` };

async function anchorsOf(input: Vector['input']): Promise<TrustAnchors> {
  const list = input['anchors'] as { issuer: string; keys: string[] }[];
  const anchors = await Promise.all(
    list.map(async ({ issuer, keys }) => ({
      issuer,
      keys: await Promise.all(
        keys.map((name) => importPublicKey({ ...TEST_KEYS[name]!.publicJwk, kty: 'EC', crv: 'P-256' })),
      ),
    })),
  );
  return createTrustAnchors(anchors, { allowTestKeys: true });
}

function statusSource(input: Vector['input'], clock: () => number): { statusSource?: MemoryStatusSource } {
  if (input['status'] === undefined) return {};
  const source = new MemoryStatusSource({ otherwise: input['status'] === 'good' ? 'good' : 'unknown', clock });
  if (input['status'] === 'revoked') source.revoke(AGENT);
  return { statusSource: source };
}

async function configOf(input: Vector['input'], onAudit: (event: AuditEvent) => void): Promise<SecurityConfig> {
  const now = Number(input['now']);
  const clock = (): number => now;
  const [authority, own] = [await generateKeyPair(), await generateKeyPair()];
  return resolveSecurity('server', {
    passport: await issuePassport({
      authority: { issuer: 'authority.example', key: authority.privateKey },
      subject: { name: 'server', version: '1.0.0', publicKey: own.publicKey },
      issuedAtMs: now,
      ttlSeconds: 60,
    }),
    privateKey: own.privateKey,
    trustAnchors: await anchorsOf(input),
    minTrustLevel: input['minTrustLevel'] as 1 | 2,
    stateless: true,
    audience: SERVER_ID,
    clock,
    replayStore: new MemoryReplayStore({ clock: () => now - 2 * WINDOW_MS }),
    ...statusSource(input, clock),
    ...(input['rateLimit'] === undefined
      ? {}
      : { rateLimit: input['rateLimit'] as { perSecond: number; burst: number } }),
    ...(input['expectedOrigin'] === undefined ? {} : { expectedOrigin: input['expectedOrigin'] as string }),
    onAudit,
  });
}

/** Puts messages on the wire to a secured server, and tells what it delivered and why it refused. */
async function receive(
  input: Vector['input'],
  messages: readonly unknown[],
): Promise<{ delivered: unknown[]; refusals: string[] }> {
  const refusals: string[] = [];
  const config = await configOf(input, (event) => {
    if (event.type === 'message.refused') refusals.push(`${event.code} ${event.reason}`);
  });
  const wire: Transport = {
    start: () => Promise.resolve(),
    send: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const secured = secureTransport(wire, { role: 'server', config, delivery: 'concurrent' });
  const delivered: unknown[] = [];
  secured.onmessage = (message) => delivered.push(message);
  secured.onerror = () => undefined;
  await secured.start();
  for (const message of messages) {
    const before = delivered.length + refusals.length;
    wire.onmessage?.(message as JSONRPCMessage);
    await expect.poll(() => delivered.length + refusals.length).toBe(before + 1);
  }
  await secured.close();
  return { delivered, refusals };
}

describe('vectors: order-of-checks, through a secured transport', () => {
  for (const { id, title, input, expect: expected } of SUITES['order-of-checks'].vectors) {
    it(`${id}: ${title}`, async () => {
      const before = (input['before'] ?? []) as unknown[];
      const { delivered, refusals } = await receive(input, [...before, input['message']]);
      expect(refusals).toEqual(expected.outcome === 'reject' ? [`${expected.code} ${String(expected.reason)}`] : []);
      expect(delivered).toHaveLength(before.length + (expected.outcome === 'accept' ? 1 : 0));
    });
  }
});

describe('vectors: carriers, through a secured transport', () => {
  const [template] = SUITES['order-of-checks'].vectors;
  for (const { id, title, input, expect: expected } of SUITES.carriers.vectors) {
    if (expected.outcome !== 'reject') continue;
    it(`${id}: ${title}`, async () => {
      const { delivered, refusals } = await receive(template!.input, [input['received']]);
      expect(refusals).toEqual([`${expected.code} ${String(expected.reason)}`]);
      expect(delivered).toEqual([]);
    });
  }
});
