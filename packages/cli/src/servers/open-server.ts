import type { AuditEvent, JsonObject, PeerIdentity } from '@mcps/protocol';
import type { bridge } from '@mcps/sdk-adapter';
import { plainEnd, secureStreams } from '@mcps/sdk-adapter/streams';
import { childEnvironment } from '../programs/child-environment.js';
import { startProcess } from '../programs/child-process.js';
import { stopper } from '../programs/stopper.js';
import type { CliProcess } from '../process.js';
import type { LoadedSecurity } from '../secured/load-security.js';
import type { ClientState } from '../state/open-state.js';
import { RpcClient } from './rpc-client.js';
import { serverUrl } from './server-url.js';

/** Most servers are built on an official SDK, which reads an envelope nowhere else. */
const OF_CLIENTS = { carrier: 'meta' } as const;

/** A server that is being asked. */
export interface OpenServer {
  readonly name: string;
  readonly rpc: RpcClient;
  /** Who it is, where it was spoken to securely. */
  readonly peer: () => PeerIdentity | undefined;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** How it is spoken to; without it, in plain. */
  readonly security?: (LoadedSecurity['options'] & Partial<ClientState>) | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onAudit?: (event: AuditEvent) => void;
  readonly report: (error: Error) => void;
}

/**
 * Opens a server: at a URL, or a program over stdio. Nothing has been asked of it yet.
 *
 * @throws UsageError for a URL that is none; StartError for a program that cannot be started.
 */
export async function openServer(
  address: string | readonly string[],
  process: CliProcess,
  options: OpenOptions,
): Promise<OpenServer> {
  return typeof address === 'string' ? openUrl(serverUrl(address), options) : openProgram(address, process, options);
}

async function openUrl(url: URL, { security, headers = {}, onAudit, report }: OpenOptions): Promise<OpenServer> {
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const { secureFetch } = await import('@mcps/sdk-adapter/http');
  const audited =
    security === undefined ? undefined : { ...OF_CLIENTS, ...security, ...(onAudit === undefined ? {} : { onAudit }) };
  const secured =
    audited === undefined ? undefined : secureFetch(fetch, { ...audited, endpoint: url.href, onError: report });
  const requestInit = { headers: { ...headers } };
  const transport = new StreamableHTTPClientTransport(
    url,
    secured === undefined ? { requestInit } : { fetch: secured, requestInit },
  );
  // It takes lists of messages too, which is all that its type differs in.
  const rpc = await RpcClient.start(transport as Parameters<typeof bridge>[1], url.href);
  const close = async (): Promise<void> => {
    if (transport.sessionId !== undefined) await transport.terminateSession().catch(() => undefined);
    await rpc.close();
    secured?.close();
  };
  return { name: url.href, rpc, peer: () => secured?.peer, close };
}

async function openProgram(
  [command = '', ...args]: readonly string[],
  process: CliProcess,
  { security, onAudit, report }: OpenOptions,
): Promise<OpenServer> {
  const name = [command, ...args].join(' ');
  const program = await startProcess(command, args, childEnvironment(process.env));
  const stop = stopper(program);
  try {
    const wire = { input: program.stdout, output: program.stdin };
    const audited =
      security === undefined
        ? undefined
        : { ...OF_CLIENTS, ...security, ...(onAudit === undefined ? {} : { onAudit }) };
    const secured =
      audited === undefined
        ? undefined
        : await secureStreams(wire, { role: 'client', endpoint: name, ...audited }, report);
    const { input, output } = secured ?? wire;
    const transport = plainEnd(input, output);
    // A program that ends answers nothing more.
    transport.onend = () => void transport.close();
    const rpc = await RpcClient.start(transport, name);
    const close = async (): Promise<void> => {
      program.stdin.end();
      stop('SIGTERM');
      await rpc.close();
      await secured?.close();
      await program.ended;
    };
    return { name, rpc, peer: () => secured?.peer, close };
  } catch (error) {
    stop('SIGKILL');
    await program.ended;
    throw error;
  }
}

/** The tools of every page. */
export async function listTools(rpc: RpcClient): Promise<readonly JsonObject[]> {
  return rpc.list('tools/list', 'tools');
}
