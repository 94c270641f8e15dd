import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { textOf } from '../harness/expectations.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { createClient } from '../harness/session.js';
import { fixture } from '../harness/stdio.js';

let parties: Parties;

beforeAll(async () => {
  parties = await makeParties();
});

async function withProgram(
  args: readonly string[],
  use: (client: Client, errors: Error[]) => Promise<void>,
  env: Record<string, string> = {},
) {
  const errors: Error[] = [];
  const client = createClient(errors, parties.client.options);
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [...args], env }));
  try {
    await use(client, errors);
  } finally {
    await client.close();
  }
}

describe.each(['secured-server.mjs', 'secured-server.cjs'])('a stdio server that secures itself: %s', (name) => {
  it('is used like any other', async () => {
    const { passport, pem } = parties.server.identity;
    await withProgram(
      [fixture(name)],
      async (client, errors) => {
        expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'over stdio' } }))).toBe('over stdio');
        const authInfo = JSON.parse(textOf(await client.callTool({ name: 'whoami', arguments: {} })));
        expect(authInfo.extra.mcps.passportId).toBe(parties.client.identity.passport.passport_id);
        expect(errors).toEqual([]);
      },
      { FIXTURE_PASSPORT: JSON.stringify(passport), FIXTURE_KEY: pem, FIXTURE_ANCHORS: parties.authority.anchorFile },
    );
  });
});
