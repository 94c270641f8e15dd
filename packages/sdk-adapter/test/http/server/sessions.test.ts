import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerIdentity } from '../../../src/index.js';
import { secureHandler } from '../../../src/http.js';
import type { SecuredHandler, SecureHandlerOptions } from '../../../src/http.js';
import { newCalls } from '../../harness/fixture-server.js';
import type { Calls } from '../../harness/fixture-server.js';
import { serveHandler, webStandardHandler } from '../../harness/handler-server.js';
import type { HttpServer } from '../../harness/http-server.js';
import { makeParties } from '../../harness/parties.js';
import type { Parties } from '../../harness/parties.js';
import { SigningClient } from '../../harness/signing-client.js';

const TOP_LEVEL = 'top-level' as const;
const META = 'meta' as const;

describe.each([
  ['event streams', false, TOP_LEVEL],
  ['event streams', false, META],
  ['JSON', true, TOP_LEVEL],
  ['JSON', true, META],
])('a secured handler that answers with %s (JSON: %s, carrier %s)', (_, enableJsonResponse, carrier) => {
  let parties: Parties;
  let calls: Calls;
  let errors: Error[];
  let handler: SecuredHandler;
  let server: HttpServer;
  let client: SigningClient;

  beforeEach(async () => {
    parties = await makeParties({ client: { carrier }, server: { carrier } });
    calls = newCalls();
    errors = [];
    const options: SecureHandlerOptions = { ...parties.server.options, onError: (error) => void errors.push(error) };
    handler = secureHandler(webStandardHandler(calls, { enableJsonResponse }), options);
    server = await serveHandler(handler);
    client = await SigningClient.open(parties.client.options, server.url.href);
  });

  afterEach(async () => {
    handler.close();
    await server.close();
  });

  it('establishes a session and answers calls, each signed and bound', async () => {
    await client.connect();
    expect(client.connection.state).toBe('established');
    const answer = await client.call('echo', { text: 'hello' });
    expect(answer.result.content[0].text).toBe('hello');
    expect(client.connection.peer?.passportId).toBe(parties.server.identity.passport.passport_id);
    expect(errors).toEqual([]);
  });

  it('answers with a signed error where the application has answered with what no strict reader takes', async () => {
    await client.connect();
    const answer = await client.call('halved', {});
    expect(answer.error).toMatchObject({ code: -32603 });
    expect(errors).toMatchObject([{ reason: 'message_not_canonical' }]);
    expect((await client.call('echo', { text: 'again' })).result.content[0].text).toBe('again');
  });

  it('keeps large numbers as they are', async () => {
    await client.connect();
    const answer = await client.call('huge', {});
    expect(answer.result._meta).toMatchObject({ decimal: 1e300, integer: -1e20 });
    expect(errors).toEqual([]);
  });

  it('gives the handler the verified identity', async () => {
    await client.connect();
    await client.call('echo', { text: 'hello' });
    const [extra] = calls.extras;
    expect(extra && callerIdentity(extra)).toMatchObject({
      passportId: parties.client.identity.passport.passport_id,
      authenticated: true,
    });
  });

  it('lets no altered call through', async () => {
    await client.connect();
    const signed = await client.sign({
      jsonrpc: '2.0',
      id: 'x',
      method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'harmless' } },
    });
    const { response, raw } = await client.post({
      ...signed,
      params: { ...signed.params, arguments: { text: 'evil' } },
    });
    expect(response.status).toBe(200);
    expect(raw[0].error).toMatchObject({ code: -33004 });
    expect(calls.names).toEqual([]);
  });
});
