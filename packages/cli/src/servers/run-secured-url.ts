import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { bridge } from '@mcps/sdk-adapter';
import type { SecureOptions } from '@mcps/sdk-adapter';
import { secureFetch } from '@mcps/sdk-adapter/http';
import { plainEnd } from '@mcps/sdk-adapter/streams';
import { EXIT } from '../exit-codes.js';
import type { CliProcess } from '../process.js';
import { localOutput } from '../programs/local-output.js';
import { GRACE_MS, onSignals } from '../programs/stopper.js';
import { HandshakeOrder } from './handshake-order.js';
import { PendingRequests } from './pending-requests.js';

/**
 * Joins a plain client at standard input and output with a secured server over Streamable HTTP, until the client is done or a signal comes. Returns the exit
 * status: 3 where the server never answered.
 *
 * @throws ConfigurationError for an endpoint that is no URL.
 */
export async function runSecuredUrl(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: SecureOptions,
  { stdin, stdout, onSignal }: Pick<CliProcess, 'stdin' | 'stdout' | 'onSignal'>,
  report: (error: Error) => void,
): Promise<number> {
  const secured = secureFetch(fetch, { ...options, endpoint: url.href, onError: report });
  const server = new StreamableHTTPClientTransport(url, {
    fetch: secured,
    requestInit: { headers: { ...headers } },
  });
  let finish: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (finish = resolve));
  const local = localOutput(stdout, finish);
  const client = plainEnd(stdin, local.stream, { outlivesOutput: true });
  const pending = new PendingRequests(client);
  // It takes lists of messages too, which is all that its type differs in.
  const joined = await bridge(pending, new HandshakeOrder(server as Parameters<typeof bridge>[1]), {
    onerror: report,
    flow: { a: client },
  });
  // The client is done asking, not done listening.
  client.onend = () =>
    void joined
      .idle()
      .then(() => pending.settled(GRACE_MS))
      .then(finish);
  const unregister = onSignals({ onSignal }, finish);
  void joined.closed.then(finish);
  try {
    await over;
    if (server.sessionId !== undefined) {
      // A server may refuse to end sessions, and forgets them by itself.
      await Promise.race([server.terminateSession().catch(() => undefined), delay(GRACE_MS)]);
    }
    return pending.asked && !pending.heard ? EXIT.unreachable : EXIT.ok;
  } finally {
    unregister();
    await joined.close();
    secured.close();
    local.stream.end();
    await local.done;
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
