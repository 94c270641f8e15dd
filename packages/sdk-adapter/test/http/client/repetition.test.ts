import { MemoryPassportStore } from '@mcps/protocol';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { afterEach, describe, expect, it } from 'vitest';
import { isCall, rejectionOf, textOf } from '../../harness/expectations.js';
import { createFixtureServer } from '../../harness/fixture-server.js';
import { clone } from '../../harness/message.js';
import { makeParties } from '../../harness/parties.js';
import { openSecuredHttp } from '../../harness/secured-http.js';
import type { SecuredHttp } from '../../harness/secured-http.js';
import { CUT } from '../../harness/wiretap.js';

/** A replica that has just been started: it knows no passport yet. */
class ForgetfulPassports extends MemoryPassportStore {
  forgetting = false;

  override async get(id: string) {
    return this.forgetting ? undefined : super.get(id);
  }
}

let http: SecuredHttp;
let store: ForgetfulPassports;

afterEach(() => http.close());

async function open(carrier: 'top-level' | 'meta', enableJsonResponse: boolean) {
  store = new ForgetfulPassports();
  http = await openSecuredHttp({
    parties: await makeParties(),
    client: { carrier },
    server: { carrier, stateless: true, passportStore: store },
    inner: (calls) => async (request, extra) => {
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse });
      await createFixtureServer(calls).connect(transport);
      return transport.handleRequest(request, extra as Parameters<typeof transport.handleRequest>[1]);
    },
  });
  const client = await http.connect();
  await client.ping();
  store.forgetting = true;
  return client;
}

const retryOf = (message: any) => message.params._meta?.['dev.mcps/retry_of'];
const nonceOf = (message: any) => (message.mcps ?? message.params._meta['dev.mcps/envelope']).nonce;
const asksForPassport = (message: any) => message.error?.data?.reason === 'unknown_passport';

describe.each([
  ['top-level', false],
  ['top-level', true],
  ['meta', false],
  ['meta', true],
] as const)(
  'a call of a passport that the server does not know, carrier %s, answers as JSON: %s',
  (carrier, isJson) => {
    it('is made once more within the same call of the application, and the handler runs once', async () => {
      const client = await open(carrier, isJson);
      const result = await client.callTool({ name: 'echo', arguments: { text: 'once' } });
      expect(textOf(result)).toBe('once');
      expect(http.calls.names).toEqual(['echo']);
      const [first, second, ...others] = http.tap.posted.filter(isCall('echo'));
      expect(others).toEqual([]);
      expect(retryOf(first)).toBeUndefined();
      expect(retryOf(second)).toBe(nonceOf(first));
      expect(second.id).toBe(first.id);
      expect(http.errors).toEqual([]);
    });

    it('eight at once each go their own way', async () => {
      const client = await open(carrier, isJson);
      const texts = Array.from({ length: 8 }, (_, index) => String(index));
      const results = await Promise.all(texts.map((text) => client.callTool({ name: 'echo', arguments: { text } })));
      expect(results.map(textOf)).toEqual(texts);
      expect(http.calls.names).toHaveLength(8);
    });

    it('is not made again for somebody on the way who only says so', async () => {
      const client = await open(carrier, isJson);
      store.forgetting = false;
      const error = { code: -32000, message: 'x', data: { code: 'MCPS-001', reason: 'unknown_passport' } };
      http.tap.answer = (message) =>
        message.result?.content ? [{ jsonrpc: '2.0', id: message.id, error }] : [message];
      const refused = await rejectionOf(client.callTool({ name: 'echo', arguments: { text: 'x' } }));
      expect(refused.data).toMatchObject({ outcome: 'unknown' });
      expect(http.tap.posted.filter(isCall('echo'))).toHaveLength(1);
    });

    it('is not made a third time, however often it is refused', async () => {
      const client = await open(carrier, isJson);
      let refusal: unknown;
      http.tap.answer = (message) => {
        if (asksForPassport(message)) refusal ??= clone(message);
        return refusal === undefined || !message.result?.content ? [message] : [clone(refusal)];
      };
      const refused = await rejectionOf(client.callTool({ name: 'echo', arguments: { text: 'x' } }));
      expect(refused.data).toMatchObject({ outcome: 'unknown' });
      expect(http.tap.posted.filter(isCall('echo'))).toHaveLength(2);
      expect(http.calls.names).toEqual(['echo']);
    });

    it('whose second answer is lost: the caller is told at once', async () => {
      const client = await open(carrier, isJson);
      http.tap.answer = (message, { body }) =>
        retryOf(JSON.parse(body)) === undefined ? [message] : isJson ? [] : CUT;
      const refused = await rejectionOf(client.callTool({ name: 'echo', arguments: { text: 'x' } }));
      expect(refused.data).toMatchObject({ outcome: 'unknown' });
      expect(http.calls.names).toEqual(['echo']);
    });

    it('replayed once the server knows the passport: the handler does not run again', async () => {
      const client = await open(carrier, isJson);
      await client.callTool({ name: 'echo', arguments: { text: 'once' } });
      store.forgetting = false;
      const tries = http.tap.posted.filter(isCall('echo'));
      for (const message of tries) {
        const response = await fetch(http.url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
          body: JSON.stringify(message),
        });
        expect(JSON.stringify(await response.json())).toContain('nonce_repeated');
      }
      expect(http.calls.names).toEqual(['echo']);
    });
  },
);
