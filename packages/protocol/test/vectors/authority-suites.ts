import type { SuiteName } from '@mcps/vectors';
import { verifyPossession, verifySignedStatus, verifyStaple, verifyTreeHead } from '../../src/index.js';
import type { VerifySignedStatusOptions, VerifyStatementOptions } from '../../src/index.js';
import { anchorsOf, keyOf } from './run.js';
import type { Input, Runner } from './run.js';

async function statementOptions({ anchors, now }: Input): Promise<VerifyStatementOptions> {
  return { anchors: await anchorsOf(anchors), now: Number(now) };
}

async function statusOptions(input: Input): Promise<VerifySignedStatusOptions> {
  return { ...(await statementOptions(input)), expected: input['expected'] as VerifySignedStatusOptions['expected'] };
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
