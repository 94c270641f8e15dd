import type { JsonObject, PeerIdentity, PeerRole, SecurityConfig, ToolPinStore, ToolRegistry } from '@mcps/protocol';
import { ClientToolLayer } from './client-tools.js';
import { ServerToolLayer } from './server-tools.js';
import type { ToolPolicy } from './tool-policy.js';

/** What a tool layer makes of a message that the application sends. */
export type Layered =
  | { readonly type: 'send'; readonly message: JsonObject }
  /** Not to be sent: `message` is the answer to the application's own request. */
  | { readonly type: 'answered'; readonly message: JsonObject };

/** Watches clear messages of one connection for tools: above the signatures of messages, below the application. */
export interface ToolLayer {
  outgoing(message: JsonObject): Promise<Layered>;
  /** @param identity whose verified message this is; absent for an unsigned peer. */
  incoming(message: JsonObject, identity: PeerIdentity | undefined): Promise<JsonObject>;
}

export interface ToolLayerOptions {
  readonly config: SecurityConfig;
  readonly policy: ToolPolicy;
  readonly pins: ToolPinStore;
  readonly registry: ToolRegistry;
  /** The server's address as configured, under which tools are pinned; otherwise its verified identity is. */
  readonly endpoint: string | undefined;
  /** Told of what went wrong where nobody awaits it: a store or a key out of reach. */
  readonly report: (error: Error) => void;
}

export function createToolLayer(role: PeerRole, options: ToolLayerOptions): ToolLayer {
  return role === 'server' ? new ServerToolLayer(options) : new ClientToolLayer(options);
}
