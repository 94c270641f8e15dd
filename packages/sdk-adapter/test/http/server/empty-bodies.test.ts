import { expect, it } from 'vitest';
import { secureHandler } from '../../../src/http.js';
import { newCalls } from '../../harness/fixture-server.js';
import { webStandardHandler } from '../../harness/handler-server.js';
import { makeParties } from '../../harness/parties.js';
import { SigningClient } from '../../harness/signing-client.js';

/** As servers of some other languages answer what needs no answer. */
const EMPTY_JSON = { 'content-type': 'application/json' };

it('an empty body that is said to be JSON passes as the empty body that it is', async () => {
  const parties = await makeParties();
  const errors: Error[] = [];
  const inner = webStandardHandler(newCalls());
  const handler = secureHandler(
    async (request, extra) => {
      const response = await inner(request, extra);
      const isEmpty = response.status === 202 || request.method === 'DELETE';
      return isEmpty ? new Response('', { status: response.status, headers: EMPTY_JSON }) : response;
    },
    { ...parties.server.options, onError: (error) => void errors.push(error) },
  );
  const accepted: Response[] = [];
  const client = await SigningClient.open(parties.client.options, 'http://127.0.0.1/mcp', async (url, init) => {
    const response = await handler(new Request(url, init));
    if (response.status === 202) accepted.push(response.clone());
    // Clients read nothing where nothing was asked.
    return response.status === 202 ? new Response(null, { status: 202 }) : response;
  });
  await client.connect();
  await client.notify('notifications/roots/list_changed');
  expect(await Promise.all(accepted.map((response) => response.text()))).toEqual(['', '']);
  expect((await client.call('echo', { text: 'still here' })).result.content[0].text).toBe('still here');
  expect(errors).toEqual([]);
  handler.close();
});
