import { AgreeingUser } from './authorization.js';
import { openClientHop } from './hop.js';
import type { HopKind } from './hop.js';
import { act } from './scenarios.js';
import type { FixtureClient, ScenarioContext } from './scenarios.js';

export interface ConnectOptions {
  readonly url: URL;
  readonly fetch: typeof fetch;
  readonly user: AgreeingUser;
  /** As the suite names it. */
  readonly revision: string;
}

/** A client of one SDK line that has a transport of its own. */
export interface LineClient extends FixtureClient {
  connect(): Promise<void>;
  finishAuthorization(callback: URLSearchParams): Promise<void>;
  close(): Promise<void>;
}

export interface Line {
  /** @returns a client that is not connected yet */
  create(options: ConnectOptions): LineClient;
  /** Whether the user has been asked for consent, and the call waits for the answer. */
  awaitsUser(error: unknown): boolean;
}

/** No scenario needs more, and one that sends a client round in circles must see it stop. */
const maxAuthorizations = 2;

/** The program of a conformance client: the suite names the scenario in the environment and its server in the last argument. */
export async function runClient(line: Line): Promise<void> {
  const { env, argv } = process;
  const url = String(argv.at(-1));
  const scenario = env['MCP_CONFORMANCE_SCENARIO'] ?? '';
  const context = JSON.parse(env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as ScenarioContext;
  const hop = await openClientHop((env['MCPS_CONFORMANCE_HOP'] ?? 'none') as HopKind, url);
  const user = new AgreeingUser(context);
  const options = {
    url: new URL(url),
    open: () => hop.open(),
    user,
    revision: env['MCP_CONFORMANCE_PROTOCOL_VERSION'] ?? '2025-11-25',
  };
  try {
    await converse(line, options, (client) => act(scenario, client, context));
  } finally {
    await hop.close();
  }
}

/** Starts over, with what the user has granted, each time that consent was asked for. */
async function converse(
  line: Line,
  options: Omit<ConnectOptions, 'fetch'> & { open(): typeof fetch },
  behave: (client: LineClient) => Promise<void>,
): Promise<void> {
  for (let granted = 0; ; granted += 1) {
    const client = line.create({ ...options, fetch: options.open() });
    try {
      await client.connect();
      await behave(client);
      return;
    } catch (error) {
      if (!line.awaitsUser(error) || granted === maxAuthorizations) throw error;
      await client.finishAuthorization(options.user.takeCallback());
    } finally {
      await client.close();
    }
  }
}
