import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, describe, expect, it } from 'vitest';
import { isCall, reasonsIn, rejectionOf, textOf, until } from '../../harness/expectations.js';
import { webStandardHandler } from '../../harness/handler-server.js';
import { openSecuredHttp } from '../../harness/secured-http.js';
import type { SecuredHttp } from '../../harness/secured-http.js';

let http: SecuredHttp;

afterEach(() => http.close());

const carriers = [
  ['top-level', false],
  ['top-level', true],
  ['meta', false],
  ['meta', true],
] as const;

const open = async (carrier: 'top-level' | 'meta', enableJsonResponse: boolean) => {
  http = await openSecuredHttp({
    client: { carrier },
    server: { carrier },
    inner: (calls) => webStandardHandler(calls, { enableJsonResponse }),
  });
};

describe.each(carriers)('both ends below the SDK, carrier %s, answers as JSON: %s', (carrier, isJson) => {
  it('sign every message where the carrier says, and no SDK sees anything of it', async () => {
    await open(carrier, isJson);
    const client = await http.connect();
    expect(textOf(await client.callTool({ name: 'echo', arguments: { text: 'x' } }))).toBe('x');
    expect(http.fetch.securityState).toBe('established');
    const messages = [...http.tap.posted, ...http.tap.answers];
    expect(messages.length).toBeGreaterThan(4);
    for (const message of messages) {
      expect(message.mcps !== undefined).toBe(carrier === 'top-level');
      expect(JSON.stringify(message).includes('dev.mcps/envelope')).toBe(carrier === 'meta');
    }
    expect(JSON.stringify(http.calls.extras)).not.toContain('dev.mcps/envelope');
    await until(() => http.tap.requests.some(({ method }) => method === 'GET'), 'the GET stream');
    await (client.transport as StreamableHTTPClientTransport).terminateSession();
    expect(http.fetch.securityState).toBe('closed');
    expect([http.errors, http.serverErrors]).toEqual([[], []]);
  });

  it('refuse what was changed on the way, in each direction, and go on', async () => {
    await open(carrier, isJson);
    const client = await http.connect();
    const echo = (text: string) => client.callTool({ name: 'echo', arguments: { text } });
    http.tap.request = (request) => {
      request.body = request.body.replace('"before"', '"behind"');
      return undefined;
    };
    // The refusal is bound to what the server was given, and that is not what we asked.
    const refused = await rejectionOf(echo('before'));
    expect(refused.data).toMatchObject({ reason: 'reply_mismatch', outcome: 'unknown' });
    expect(reasonsIn(http.serverErrors)).toEqual(['signature_invalid']);
    expect(http.calls.names).toEqual([]);
    http.tap.answer = (message) => [JSON.parse(JSON.stringify(message).replace('"there"', '"theft"'))];
    const changed = await rejectionOf(echo('there'));
    expect(changed.data).toMatchObject({ reason: 'signature_invalid', outcome: 'unknown' });
    expect(reasonsIn(http.errors)).toContain('signature_invalid');
    expect(textOf(await echo('on'))).toBe('on');
    expect(http.tap.posted.filter(isCall('echo'))).toHaveLength(3);
  });
  it('refuse two answers that are swapped while both are awaited', async () => {
    await open(carrier, isJson);
    const client = await http.connect();
    const waiting: { message: any; pass: (messages: any[]) => void }[] = [];
    http.tap.answer = (message) =>
      message.result?.content === undefined
        ? [message]
        : new Promise((pass) => {
            waiting.push({ message, pass });
            if (waiting.length < 2) return;
            const [a, b] = waiting as [(typeof waiting)[0], (typeof waiting)[0]];
            a.pass([{ ...b.message, id: a.message.id }]);
            b.pass([{ ...a.message, id: b.message.id }]);
          });
    const calls = ['first', 'second'].map((text) =>
      rejectionOf(client.callTool({ name: 'echo', arguments: { text } })),
    );
    for (const refused of await Promise.all(calls)) expect(refused.data).toMatchObject({ outcome: 'unknown' });
    expect(http.calls.names).toEqual(['echo', 'echo']);
  });
});
