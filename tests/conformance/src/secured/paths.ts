import { secureHandler } from '@mcps/sdk-adapter/http';
import type { HandlerExtra, SecureHandlerOptions } from '@mcps/sdk-adapter/http';
import { reverseProxy } from '../http/hop.js';
import type { RunningServer } from '../http/serve.js';
import { startBehindHop } from '../paths.js';
import type { Fixture } from '../servers/fixture.js';
import { createParties } from './parties.js';
import type { Parties } from './parties.js';
import { securedSend } from './secured-send.js';

export interface SecuredPath {
  readonly options?: Partial<SecureHandlerOptions>;
  /** Whoever is on the way between the two secured ends: nobody by default. */
  readonly attack?: (reach: typeof fetch) => typeof fetch;
}

/** The fixture behind a secured hop: whoever asks speaks plain MCP with the proxy, and the proxy MCPS with the fixture, both ends by the wrappers for HTTP. */
export async function startSecured(fixture: Fixture, { options, attack }: SecuredPath = {}): Promise<RunningServer> {
  const parties = await createParties();
  const secured = secureHandler((request: Request, extra?: HandlerExtra) => fixture.fetch(request, extra), {
    ...parties.server,
    ...options,
  });
  const close = async (): Promise<void> => {
    secured.close();
    await fixture.close();
  };
  return startWithClient({ ...fixture, fetch: secured, close }, parties, attack);
}

/** The same with a server whose transports are decorated (SDK 1.x): the envelope is in `_meta`, and the handler below HTTP knows nothing of it. */
export async function startDecorated(
  fixture: (server: Parties['server']) => Fixture,
  attack?: SecuredPath['attack'],
): Promise<RunningServer> {
  const parties = await createParties();
  const client = { ...parties.client, carrier: 'meta' as const };
  return startWithClient(fixture(parties.server), { ...parties, client }, attack);
}

async function startWithClient(
  fixture: Fixture,
  { client }: Parties,
  attack: (reach: typeof fetch) => typeof fetch = (reach) => reach,
): Promise<RunningServer> {
  let closeClient = (): void => undefined;
  const behind = await startBehindHop(fixture, {
    proxy: (target) => {
      const secured = securedSend({ ...client, endpoint: target }, attack(fetch));
      closeClient = () => secured.close();
      return reverseProxy(target, secured.send);
    },
  });
  return {
    url: behind.url,
    close: async () => {
      closeClient();
      await behind.close();
    },
  };
}
