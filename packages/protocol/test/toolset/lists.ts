import { TOOLSET_KEY, signToolset } from '../../src/index.js';
import type { JsonObject, SignedToolset } from '../../src/index.js';
import { PASSPORT_ID, clock } from '../support/signing.js';
import type { KeyPair } from '../support/signing.js';

export const tool = (name: string, members: JsonObject = {}): JsonObject => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object' },
  ...members,
});

export const stated = (keys: KeyPair, tools: readonly JsonObject[], version = 1): Promise<SignedToolset> =>
  signToolset(tools, { passportId: PASSPORT_ID, key: keys.privateKey, version, clock });

/** The results of `tools/list` for these tools, page by page, each with the statement. */
export function pagesOf(parts: readonly (readonly JsonObject[])[], statement: object): JsonObject[] {
  return parts.map((tools, index) => ({
    tools,
    ...(index === parts.length - 1 ? {} : { nextCursor: `page-${index + 2}` }),
    _meta: { [TOOLSET_KEY]: statement },
  }));
}
