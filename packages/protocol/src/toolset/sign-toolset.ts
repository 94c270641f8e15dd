import type { PrivateKey, Signer } from '@mcps/crypto';
import type { JsonObject } from '../json-rpc/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import { formatTimestamp, systemClock } from '../time/index.js';
import type { Clock } from '../time/index.js';
import { entriesOf, rootOf } from './entries.js';
import { readToolset } from './read-toolset.js';
import type { SignedToolset } from './types.js';

/** Who signs a list of tools, and when. */
export interface SignToolsetOptions {
  readonly passportId: string;
  readonly key: PrivateKey | Signer;
  /** Higher than that of every other list that this server has had: a whole number from 0 on. */
  readonly version: number;
  readonly clock?: Clock;
}

const FORMAT: StatementFormat<SignedToolset> = {
  what: 'The statement over the tools',
  context: 'toolset',
  read: readToolset,
};

/**
 * Signs a whole list of tools, in the order in which a server lists them over all of its pages: which they are, how many, and each to the last member. The
 * tools may carry signatures of their own or not: those are not covered, so that they can be signed before or after.
 *
 * Throws `McpsError` `tool_malformed`, `ConfigurationError` `option_invalid` for a value that no verifier would accept, and what the key throws.
 */
export function signToolset(tools: readonly JsonObject[], options: SignToolsetOptions): Promise<SignedToolset> {
  return runAsync(signToolsetSteps(tools, options));
}

/** {@link signToolset} as a procedure. */
export function* signToolsetSteps(tools: readonly JsonObject[], options: SignToolsetOptions): Procedure<SignedToolset> {
  const { passportId, key, version, clock = systemClock } = options;
  const signed_at = formatTimestamp(clock());
  const entries = yield* entriesOf(tools);
  const draft = { signed_by: passportId, signed_at, version, count: entries.length, root: yield* rootOf(entries) };
  return yield* signStatement(FORMAT, draft, key);
}
