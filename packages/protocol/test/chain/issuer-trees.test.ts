import { canonicalizeToBytes, encodeBase64, encodeHex, randomBytes, sign } from '@mcps/crypto';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { McpsError, createTrustAnchors } from '../../src/index.js';
import type { IssuingRight, TrustAnchors, TrustLevel } from '../../src/index.js';
import { DAY_MS, NOW, newKeys, verifyAt } from '../passport/world.js';
import type { Draft, Keys } from '../passport/world.js';

/** What one passport of a random chain says, and what is wrong with how it was made. */
interface Node {
  readonly level: number;
  readonly capabilities: readonly string[];
  readonly right: IssuingRight | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly signedByParent: boolean;
  readonly namesParent: boolean;
  readonly carriesChain: boolean;
}

interface Tree {
  /** The topmost passport, issued by the anchor, first; the passport to verify last. */
  readonly nodes: readonly Node[];
  readonly ceiling: readonly string[];
  readonly compatible: boolean;
}

let keys: Keys[];
let wrong: Keys;
let root: Keys;

beforeAll(async () => {
  keys = await Promise.all(Array.from({ length: 7 }, () => newKeys()));
  wrong = await newKeys();
  root = await newKeys();
});

const clamp = (value: number, max: number) => Math.max(0, Math.min(max, value));

/** How a child differs from its parent. Below zero, `widen` and the last five are faults, and are committed at one place of a chain at most. */
const step = fc.record({
  levelDrop: fc.constantFrom(0, 0, 0, 1),
  rightLevelDrop: fc.constantFrom(0, 0, 0, 0, 1),
  depthDrop: fc.constantFrom(1, 1, 1, 1, 1, 1, 2),
  capabilities: fc.subarray(['a', 'b', 'c']),
  shorter: fc.constantFrom(0, 0, 1, 2),
  hasRight: fc.boolean(),
});

const fault = fc.constantFrom(
  'level',
  'right level',
  'depth',
  'widen',
  'longer',
  'no right',
  'not yet valid',
  'signature',
  'name',
  'own chain',
);

const tree: fc.Arbitrary<Tree> = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 7 }),
    leafIssues: fc.boolean(),
    top: fc.constantFrom<readonly string[]>(['*'], ['a', 'b', 'c'], ['a', 'b']),
    startDepth: fc.constantFrom(4, 4, 4, 3, 2),
    ceiling: fc.constantFrom<readonly string[]>(['*'], ['*'], ['*'], ['a', 'b', 'c'], ['a', 'b'], []),
    compatible: fc.boolean(),
    faultAt: fc.integer({ min: -4, max: 6 }),
    faults: fc.uniqueArray(fault, { minLength: 1, maxLength: 2 }),
  })
  .map(({ steps, leafIssues, top, startDepth, ceiling, compatible, faultAt, faults }) => {
    const nodes: Node[] = [];
    let parent = {
      level: 4,
      rightLevel: 4,
      depth: startDepth + 1,
      capabilities: top,
      expiresAt: 40,
    };
    steps.forEach((s, index) => {
      const isLeaf = index === steps.length - 1;
      const commits = (name: string) => index === faultAt && faults.some((each) => each === name);
      const allowed = parent.capabilities.includes('*') ? ['a', 'b', 'c'] : parent.capabilities;
      const within = commits('widen') ? s.capabilities : s.capabilities.filter((c) => allowed.includes(c));
      const level = clamp(Math.min(parent.level, parent.rightLevel) + (commits('level') ? 1 : -s.levelDrop), 4);
      const right = {
        depth: clamp(parent.depth - (commits('depth') ? 0 : s.depthDrop), 4),
        level: clamp(parent.rightLevel + (commits('right level') ? 1 : -s.rightLevelDrop), 4) as TrustLevel,
        capabilities: commits('widen')
          ? ['*']
          : parent.capabilities.filter((c) => c === '*' || s.capabilities.length !== 1 || c === s.capabilities[0]),
      };
      const expiresAt = parent.expiresAt + (commits('longer') ? 1 : -s.shorter);
      const lacksRight = isLeaf ? !leafIssues : commits('no right') || (compatible && !s.hasRight);
      nodes.push({
        level,
        capabilities: within,
        right: lacksRight ? undefined : right,
        issuedAt: commits('not yet valid') ? 1 : -5,
        expiresAt,
        signedByParent: !commits('signature'),
        namesParent: !commits('name'),
        carriesChain: commits('own chain') && !isLeaf,
      });
      parent = { level, rightLevel: right.level, depth: right.depth, capabilities: right.capabilities, expiresAt };
    });
    return { nodes, ceiling, compatible };
  });

/**
 * The rules once more, written as what must hold between any passport and each of its ancestors instead of step by step. Shares no code with what it is
 * compared to.
 */
function modelAccepts({ nodes, ceiling, compatible }: Tree): boolean {
  const leaf = nodes.length - 1;
  if (leaf > 5) return false;
  const rightOf = (index: number): IssuingRight | undefined => {
    const node = nodes[index]!;
    if (node.right !== undefined || !compatible) return node.right;
    return { depth: 4, level: node.level as TrustLevel, capabilities: node.capabilities };
  };
  const covers = (allowed: readonly string[], given: readonly string[]) =>
    allowed.includes('*') || new Set([...allowed, ...given]).size === new Set(allowed).size;
  if (!covers(ceiling, nodes[leaf]!.capabilities)) return false;
  return nodes.every((node, index) => {
    if (!node.signedByParent || node.carriesChain || node.issuedAt > 0 || node.expiresAt <= 0) return false;
    if (index > 0 && !node.namesParent && !(compatible && nodes[index - 1]!.right === undefined)) return false;
    for (let above = 0; above < index; above += 1) {
      const ancestor = nodes[above]!;
      const right = rightOf(above);
      if (right === undefined) return false;
      if (node.level > ancestor.level || node.level > right.level || node.expiresAt > ancestor.expiresAt) return false;
      if (!covers(right.capabilities, node.capabilities)) return false;
      if (index < leaf && index - above > right.depth) return false;
      if (node.right === undefined) continue;
      if (node.right.depth > right.depth - (index - above) || node.right.level > right.level) return false;
      if (!covers(right.capabilities, node.right.capabilities)) return false;
    }
    return true;
  });
}

/** Writes and signs the chain without any of the code under test. */
async function build({ nodes }: Tree): Promise<Draft> {
  const made: Draft[] = [];
  for (const [index, node] of nodes.entries()) {
    const parent = made[index - 1];
    const isLeaf = index === nodes.length - 1;
    const draft: Draft = {
      mcps_version: '1.0',
      passport_id: `asp_${encodeHex(randomBytes(16))}`,
      agent: { name: `n${index}`, version: '1', capabilities: node.capabilities },
      public_key: keys[index]!.publicKey.jwk,
      origin: null,
      trust_level: node.level,
      issued_at: new Date(NOW + node.issuedAt * DAY_MS).toISOString(),
      expires_at: new Date(NOW + node.expiresAt * DAY_MS).toISOString(),
      issuer: parent === undefined ? 'authority.example' : node.namesParent ? parent['passport_id'] : `n${index - 1}`,
      issuer_chain: isLeaf
        ? made.map((issuer) => encodeBase64(canonicalizeToBytes(issuer))).reverse()
        : node.carriesChain
          ? ['AAAA']
          : [],
      ...(node.right === undefined ? {} : { ext: { issuing: node.right } }),
    };
    const signer = !node.signedByParent ? wrong : index === 0 ? root : keys[index - 1]!;
    made.push({ ...draft, signature: encodeBase64(await sign(signer.privateKey, canonicalizeToBytes(draft))) });
  }
  return made.at(-1)!;
}

const anchorsFor = new Map<string, Promise<TrustAnchors>>();
function anchorsWith(capabilities: readonly string[]): Promise<TrustAnchors> {
  const name = capabilities.join();
  const known =
    anchorsFor.get(name) ??
    createTrustAnchors([{ issuer: 'authority.example', keys: [root.publicKey], ceiling: { capabilities } }]);
  anchorsFor.set(name, known);
  return known;
}

it('verification accepts exactly the chains that the rules between all ancestors accept, and then nobody exceeds anybody above', async () => {
  const counts = { accepted: 0, refused: 0, deep: 0, compatible: 0 };
  await fc.assert(
    fc.asyncProperty(tree, async (sample) => {
      const expected = modelAccepts(sample);
      const passport = await build(sample);
      const compatibility = { issuingRightOptional: sample.compatible };
      let outcome: 'accepted' | 'refused' = 'accepted';
      try {
        const verified = await verifyAt(passport, await anchorsWith(sample.ceiling), { compatibility });
        expect(verified.standing).toBe('anchored');
        const line = [verified.passport, ...verified.chain.map((element) => element.passport)];
        line.forEach((child, index) => {
          for (const ancestor of line.slice(index + 1)) {
            expect(child.trust_level).toBeLessThanOrEqual(ancestor.trust_level);
            expect(Date.parse(child.expires_at)).toBeLessThanOrEqual(Date.parse(ancestor.expires_at));
            const allowed = ancestor.ext?.issuing?.capabilities ?? ancestor.agent.capabilities;
            if (!allowed.includes('*')) expect(allowed).toEqual(expect.arrayContaining([...child.agent.capabilities]));
          }
        });
        expect(verified.staticLevel).toBeLessThanOrEqual(Math.min(...line.map((each) => each.trust_level), 2));
      } catch (error) {
        if (!(error instanceof McpsError)) throw error;
        outcome = 'refused';
      }
      expect(outcome).toBe(expected ? 'accepted' : 'refused');
      counts[outcome] += 1;
      if (expected && sample.nodes.length >= 3) counts.deep += 1;
      if (expected && sample.compatible && sample.nodes.slice(0, -1).some((node) => node.right === undefined))
        counts.compatible += 1;
    }),
    { numRuns: 1000 },
  );
  // The property says little unless both answers, long chains and published chains are all common.
  expect(counts.accepted).toBeGreaterThan(100);
  expect(counts.refused).toBeGreaterThan(100);
  expect(counts.deep).toBeGreaterThan(50);
  expect(counts.compatible).toBeGreaterThan(20);
});
