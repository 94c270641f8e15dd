import type { SuiteName } from '@mcps/vectors';
import {
  KeySets,
  MemoryNumberState,
  SignedBitmapStatusSource,
  TreeHeadMonitor,
  applyStatusListDelta,
  verifyBundle,
  verifyConsistency,
  verifyEvent,
  verifyInclusion,
  verifyPossession,
  verifySignedStatus,
  verifyStaple,
  verifyStatusBitmap,
  verifyStatusList,
  verifyStatusListDelta,
  verifyTreeHead,
} from '../../src/index.js';
import type { TreeHeadReference, VerifySignedStatusOptions, VerifyStatementOptions } from '../../src/index.js';
import { anchorsOf, keyNamesOf, keyOf, steps } from './run.js';
import type { Input, Runner, Step } from './run.js';

async function statementOptions({ anchors, now }: Input): Promise<VerifyStatementOptions> {
  return { anchors: await anchorsOf(anchors), now: Number(now) };
}

async function statusOptions(input: Input): Promise<VerifySignedStatusOptions> {
  return { ...(await statementOptions(input)), expected: input['expected'] as VerifySignedStatusOptions['expected'] };
}

interface HistoryStep extends Step {
  readonly head: object;
  readonly proof?: object;
  readonly trustedEra?: number;
}

async function histories(input: Input): Promise<unknown> {
  const options = await statementOptions(input);
  let trustedEra: number | undefined;
  const monitor = new TreeHeadMonitor({ trustedEra: () => trustedEra });
  return steps(input['steps'] as HistoryStep[], async (step) => {
    ({ trustedEra } = step);
    await monitor.observe(await verifyTreeHead(step.head, options), step.proof);
  });
}

async function proofs(input: Input): Promise<unknown> {
  const proof = input['proof'] as object;
  if (input['form'] === 'consistency') {
    await verifyConsistency(proof, input['from'] as TreeHeadReference, input['to'] as TreeHeadReference);
    return {};
  }
  const head = await verifyTreeHead(input['head'] as object, await statementOptions(input));
  const { entry, leafIndex } = await verifyInclusion(proof, head);
  return { type: entry.type, leafIndex };
}

async function deltas(input: Input): Promise<unknown> {
  const options = await statementOptions(input);
  const from = await verifyStatusList(input['from'] as object, options);
  const delta = await verifyStatusListDelta(input['delta'] as object, options);
  const { list } = await applyStatusListDelta(from, delta, options);
  return { revoked: list.revoked.map(({ passport_id: id }) => id) };
}

async function bitmaps(input: Input): Promise<unknown> {
  const options = await statementOptions(input);
  const { anchors, now } = options;
  const bitmap = input['bitmap'] as object;
  if (input['asked'] === undefined && input['accepted'] === undefined) {
    await verifyStatusBitmap(bitmap, options);
    return {};
  }
  const source = new SignedBitmapStatusSource({ anchors, clock: () => Number(now) });
  for (const earlier of (input['accepted'] ?? []) as object[]) await source.update(earlier);
  await source.update(bitmap);
  const asked = input['asked'] as number[];
  const [{ issuer: anchor } = { issuer: '' }] = anchors.list();
  const query = { passportId: `asp_${'a'.repeat(32)}`, digest: 'cd'.repeat(32), issuer: anchor, anchor };
  const answers = asked.map(async (index) => {
    const { status } = await source.check(index < 0 ? query : { ...query, statusIndex: index });
    return status;
  });
  return { answers: await Promise.all(answers) };
}

interface KeySetStep extends Step {
  readonly keySet?: object;
  readonly now: number;
  readonly restart?: 'kept' | 'lost';
}

async function keySets(input: Input): Promise<unknown> {
  const anchors = await anchorsOf(input['anchors']);
  const state = new MemoryNumberState();
  let now = Number(input['now']);
  const open = (): KeySets => new KeySets({ anchors, state, clock: () => now });
  let sets = open();
  const keys = (): unknown => {
    const anchor = sets.anchors.get('authority.mcps.test');
    const [passport, status, evidence] = [anchor?.keys, anchor?.statusKeys, anchor?.evidenceKeys].map(keyNamesOf);
    return { keys: { passport, status, evidence } };
  };
  if (input['steps'] === undefined) {
    await sets.update(input['keySet'] as object);
    now = Number(input['later'] ?? now);
    return keys();
  }
  let kept: object | undefined;
  return steps(input['steps'] as KeySetStep[], async (step) => {
    ({ now } = step);
    if (step.restart !== undefined) sets = open();
    if (step.restart === 'kept' && kept !== undefined) await sets.restore(kept);
    if (step.keySet !== undefined) kept = (await sets.update(step.keySet)).keySet;
    return keys();
  });
}

const statementOf = (input: Input): object => input['statement'] as object;

export const AUTHORITY_SUITES: Partial<Record<SuiteName, Runner>> = {
  'status-answers': async (input) => {
    const { statement } = await verifySignedStatus(statementOf(input), await statusOptions(input));
    return { status: statement.status };
  },

  staples: async (input) => {
    await verifyStaple(statementOf(input), await statusOptions(input));
    return {};
  },

  'tree-heads': async (input) => {
    await verifyTreeHead(statementOf(input), await statementOptions(input));
    return {};
  },

  events: async (input) => {
    await verifyEvent(statementOf(input), await statementOptions(input));
    return {};
  },

  'status-list-deltas': deltas,

  'status-bitmaps': bitmaps,

  'key-sets': keySets,

  bundles: async (input) => {
    const { passports, list } = await verifyBundle(input['bundle'] as object, await statementOptions(input));
    return { passports: passports.map(({ id }) => id), listUntil: list.nextUpdateMs };
  },

  proofs,

  histories,

  'proof-of-possession': async (input) => {
    const { authority, challenge } = input['expected'] as { authority: string; challenge: string };
    await verifyPossession(statementOf(input), {
      publicKey: await keyOf(input['key']),
      expectedAuthority: authority,
      expectedChallenge: challenge,
      now: Number(input['now']),
    });
    return {};
  },
};
