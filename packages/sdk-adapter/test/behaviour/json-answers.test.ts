import { describe, expect, it } from 'vitest';
import { isCall, rejectionOf, textOf } from '../harness/expectations.js';
import { stripped } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { jsonHttp, withSession } from '../harness/session.js';

describe('Streamable HTTP with answers as JSON', () => {
  it('serves calls, and ends the body of a refused one at once', async () => {
    const parties = await makeParties();
    await withSession(jsonHttp, { client: parties.client.options, server: parties.server.options }, async (session) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          session.client.callTool({ name: 'echo', arguments: { text: `${index}` } }),
        ),
      );
      expect(answers.map(textOf)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
      session.attacker.once('toServer', isCall('echo'), (message) => [stripped(message)]);
      const error = await rejectionOf(
        session.client.callTool({ name: 'echo', arguments: { text: 'x' } }, undefined, { timeout: 20_000 }),
      );
      expect(error.code).toBe(-33012);
      expect(session.attacker.fromServer.at(-1).error).toMatchObject({
        code: -33004,
        data: { reason: 'envelope_missing' },
      });
    });
  });
});
