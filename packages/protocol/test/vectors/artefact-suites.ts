import type { SuiteName } from '@mcps/vectors';
import {
  McpsError,
  MemoryToolPinStore,
  MemoryToolsetPinStore,
  SignedListStatusSource,
  ToolRegistry,
  checkStatus,
  effectiveTrustLevel,
  pinTool,
  pinToolset,
  readSessionHeader,
  skeletonOf,
  transcriptHash,
  verifyBundle,
  verifyEvent,
  verifyKeySet,
  verifyMessageWithKey,
  verifyModel,
  verifyPassport,
  verifyPossession,
  verifyRotation,
  verifySessionBinding,
  verifySessionHeader,
  verifySignedStatus,
  verifyStaple,
  verifyStatusBitmap,
  verifyStatusList,
  verifyStatusListDelta,
  verifyTool,
  verifyToolDefinition,
  verifyToolset,
  verifyTranscriptBinding,
  verifyTreeHead,
} from '../../src/index.js';
import type { Binding, JsonObject, SessionHeaderClaims, StatusAnswer, StatusQuery } from '../../src/index.js';
import { anchorsOf, keyOf, object, signersOf, steps } from './run.js';
import type { Input, Runner, Step } from './run.js';

/** An answer of a status source, as the suite trust-levels names it. */
function answerOf(status: string, now: number): StatusAnswer {
  if (status === 'stale') return { status: 'good', producedAtMs: now - 60_001, expiresAtMs: now + 60_000 };
  return { status: status as StatusAnswer['status'], producedAtMs: now, expiresAtMs: now + 60_000 };
}

async function passportOf({ passport, anchors, now, ...rest }: Input): ReturnType<typeof verifyPassport> {
  return verifyPassport(passport as object, {
    anchors: await anchorsOf(anchors),
    now: Number(now),
    ...(rest['expectedOrigin'] === undefined ? {} : { expectedOrigin: rest['expectedOrigin'] as string }),
    ...(rest['expectedPassportId'] === undefined ? {} : { expectedPassportId: rest['expectedPassportId'] as string }),
    compatibility: { issuingRightOptional: rest['issuingRightOptional'] === true },
  });
}

interface PinStep extends Step {
  readonly server: string;
  readonly tool: unknown;
  readonly approve?: boolean;
}

async function pins(input: Input): Promise<unknown> {
  const { maxEntries } = input;
  const store = new MemoryToolPinStore(maxEntries === undefined ? {} : { maxEntries: Number(maxEntries) });
  const signers = await signersOf(input['signers']);
  return steps(input['steps'] as PinStep[], async ({ server, tool, approve }) => {
    const verified = await verifyTool(object(tool), signers);
    const { name, toolHash, signedBy } = verified;
    await (approve === true ? store.replace(server, name, { toolHash, signedBy }) : pinTool(store, server, verified));
  });
}

interface ToolsetStep extends Step {
  readonly server: string;
  readonly pages: readonly JsonObject[];
  readonly approve?: boolean;
}

async function toolsets(input: Input): Promise<unknown> {
  const { pages, maxEntries } = input;
  const signers = await signersOf(input['signers']);
  if (pages !== undefined) {
    const { root, entries } = await verifyToolset(pages as JsonObject[], signers);
    return { root, count: entries.length };
  }
  const store = new MemoryToolsetPinStore(maxEntries === undefined ? {} : { maxEntries: Number(maxEntries) });
  return steps(input['steps'] as ToolsetStep[], async (step) => {
    const verified = await verifyToolset(step.pages, signers);
    const { version, root } = verified;
    await (step.approve === true
      ? store.replace(step.server, { version, root })
      : pinToolset(store, step.server, verified));
  });
}

function confusables({ text, listed }: Input): unknown {
  if (text !== undefined) return { skeleton: skeletonOf(text as string) };
  const registry = new ToolRegistry();
  const collisions = (listed as { server: string; name: string }[]).map(({ server, name }) =>
    registry.note(server, name),
  );
  if ((collisions.at(-1) ?? []).length > 0) throw new McpsError('tool_name_collision');
  return {};
}

/** One presentation of the type matrix. */
async function presented(input: Input): Promise<unknown> {
  const artefact = object(input['artefact']);
  const [key, anchors, now] = [await keyOf('authority'), await anchorsOf(input['anchors']), Number(input['now'])];
  const signers = (): typeof key => key;
  switch (input['type']) {
    case 'message':
      await verifyMessageWithKey(artefact['message'], key, { clock: () => now });
      return {};
    case 'passport':
      await verifyPassport(object(artefact['passport']), { anchors, now });
      return {};
    case 'evidence':
      return { staticLevel: (await verifyPassport(object(artefact['passport']), { anchors, now })).staticLevel };
    case 'tool':
      await verifyTool(object(artefact['tool']), signers);
      return {};
    case 'toolset':
      await verifyToolset([object(artefact['page'])], signers);
      return {};
    case 'tool-definition':
      await verifyToolDefinition(object(artefact['tool']), String(artefact['signature']), key);
      return {};
    case 'model':
      await verifyModel(artefact['model'], signers);
      return {};
    case 'status-list':
      await verifyStatusList(object(artefact['list']), { anchors, now });
      return {};
    case 'status':
    case 'staple': {
      const members = object(artefact['statement']);
      const expected = {
        anchor: String(members['authority']),
        passportId: String(members['passport_id']),
        digest: String(members['passport_digest']),
      };
      const verify = input['type'] === 'status' ? verifySignedStatus : verifyStaple;
      await verify(members, { anchors, now, expected });
      return {};
    }
    case 'rotation': {
      const verify = (name: string): ReturnType<typeof passportOf> =>
        passportOf({ passport: artefact[name], anchors: input['anchors'], now });
      await verifyRotation(await verify('previous'), await verify('next'), { proof: object(artefact['proof']) });
      return {};
    }
    case 'event':
      await verifyEvent(object(artefact['statement']), { anchors, now });
      return {};
    case 'status-list-delta':
      await verifyStatusListDelta(object(artefact['delta']), { anchors, now });
      return {};
    case 'status-bitmap':
      await verifyStatusBitmap(object(artefact['bitmap']), { anchors, now });
      return {};
    case 'key-set':
      await verifyKeySet(object(artefact['keySet']), { anchors, now });
      return {};
    case 'bundle':
      await verifyBundle(object(artefact['bundle']), { anchors, now });
      return {};
    case 'tree-head':
      await verifyTreeHead(object(artefact['statement']), { anchors, now });
      return {};
    case 'proof-of-possession': {
      const members = object(artefact['statement']);
      const [expectedAuthority, expectedChallenge] = [String(members['authority']), String(members['challenge'])];
      await verifyPossession(members, { publicKey: key, expectedAuthority, expectedChallenge, now });
      return {};
    }
    case 'session-header': {
      const { audience, session, target, verb } = artefact['claims'] as SessionHeaderClaims;
      const envelope = readSessionHeader(String(artefact['header']));
      await verifySessionHeader(envelope, { audience, session, target, verb }, { publicKey: key });
      return {};
    }
    default:
      return bound(String(input['type']), artefact, key);
  }
}

async function bound(type: string, artefact: Input, key: Awaited<ReturnType<typeof keyOf>>): Promise<unknown> {
  const [client, server, binding] = [
    object(artefact['client']),
    object(artefact['server']),
    artefact['binding'] as Binding,
  ];
  if (type === 'published-transcript') {
    await verifyTranscriptBinding(binding, key, client, server);
    return {};
  }
  const hash = await transcriptHash(client, server);
  await verifySessionBinding(
    binding,
    { transcriptHash: hash, role: type === 'client-binding' ? 'client' : 'server' },
    key,
  );
  return {};
}

export const ARTEFACT_SUITES: Partial<Record<SuiteName, Runner>> = {
  passports: async (input) => {
    const { standing, staticLevel } = await passportOf(input);
    return { standing, staticLevel };
  },

  chains: async (input) => {
    const { standing, staticLevel, chain } = await passportOf(input);
    return { standing, staticLevel, chainLength: chain.length };
  },

  'trust-levels': async (input) => {
    const verified = await passportOf(input);
    const { status } = input;
    const now = Number(input['now']);
    if (status === undefined) return { effectiveLevel: effectiveTrustLevel(verified, undefined) };
    const source = {
      check: ({ passportId }: StatusQuery) =>
        Promise.resolve(
          answerOf(typeof status === 'string' ? status : (status as Record<string, string>)[passportId]!, now),
        ),
    };
    return { effectiveLevel: effectiveTrustLevel(verified, await checkStatus(verified, source, { now })) };
  },

  status: async ({ list, accepted, anchors, now }) => {
    if (accepted === undefined) {
      await verifyStatusList(list as object, { anchors: await anchorsOf(anchors), now: Number(now) });
      return {};
    }
    const source = new SignedListStatusSource({ anchors: await anchorsOf(anchors), clock: () => Number(now) });
    for (const earlier of accepted as object[]) await source.update(earlier);
    await source.update(list as object);
    return {};
  },

  rotation: async ({ previous, next, proof, anchors, now }) => {
    const verify = (passport: unknown): ReturnType<typeof passportOf> => passportOf({ passport, anchors, now });
    await verifyRotation(await verify(previous), await verify(next), proof === undefined ? {} : { proof });
    return {};
  },

  tools: async ({ form, tool, signers, key, signature, authorOrigin }) => {
    if (form === 'whole') return { toolHash: (await verifyTool(object(tool), await signersOf(signers))).toolHash };
    const origin = authorOrigin === undefined ? {} : { authorOrigin: authorOrigin as string };
    const { toolHash } = await verifyToolDefinition(object(tool), String(signature), await keyOf(key), origin);
    return { toolHash };
  },

  pins,

  toolsets,

  confusables,

  models: async ({ model, signers, fileHash }) => {
    await verifyModel(model, await signersOf(signers), fileHash === undefined ? {} : { fileHash: fileHash as string });
    return {};
  },

  'type-matrix': presented,
};
