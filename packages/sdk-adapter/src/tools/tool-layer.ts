import type { PublicKey } from '@mcps/crypto';
import type {
  JsonObject,
  PeerIdentity,
  PeerRole,
  SecurityConfig,
  ToolPinStore,
  ToolRegistry,
  ToolsetPinStore,
} from '@mcps/protocol';
import { ClientToolLayer } from './client-tools.js';
import { ServerToolLayer } from './server-tools.js';
import type { ToolPolicy } from './tool-policy.js';
import type { ToolsetLedger } from './toolset-ledger.js';

/** What a tool layer makes of a message that the application sends. */
export type OutgoingStep =
  | { readonly type: 'send' }
  /** To be sent once it is ready, in place of what was given. */
  | { readonly type: 'send-later'; readonly message: Promise<JsonObject> }
  /** Not to be sent: `message` is the answer to the application's own request. */
  | { readonly type: 'answered'; readonly message: JsonObject };

/** What a tool layer makes of a message that has been verified. */
export type IncomingStep =
  | { readonly type: 'deliver' }
  /** To be delivered once it is ready, in place of what was given. */
  | { readonly type: 'deliver-later'; readonly message: Promise<JsonObject> };

/**
 * Puts a request of our own to the local application, as if the peer that sent the message at hand had sent it. Resolves with its answer, which does not go
 * on the wire.
 */
export type AskApplication = (request: JsonObject) => Promise<JsonObject>;

/** Watches clear messages of one connection for tools: above the signatures of messages, below the application. Most messages are none of its business. */
export interface ToolLayer {
  /**
   * Learns from the local application what `outgoing` needs for this message; `undefined` where that is nothing. To be awaited before the message takes its
   * place among the others, as the application may have to send something before it answers. Never rejects.
   */
  gather?(message: JsonObject): Promise<void> | undefined;
  /** Reads the message before it returns. */
  outgoing(message: JsonObject): OutgoingStep;
  /**
   * @param identity whose verified message this is; absent for an unsigned peer.
   * @param ask absent where the wire has no way to the application but for the peer's own requests.
   */
  incoming(message: JsonObject, identity: PeerIdentity | undefined, ask?: AskApplication): IncomingStep;
}

export const SEND: OutgoingStep = Object.freeze({ type: 'send' });
export const DELIVER: IncomingStep = Object.freeze({ type: 'deliver' });

export interface ToolLayerOptions {
  readonly config: SecurityConfig;
  /** The key of the peer of this connection, by the passport that signed its latest message. */
  readonly peerKey: (passportId: string) => PublicKey | undefined;
  readonly policy: ToolPolicy;
  readonly pins: ToolPinStore;
  /** Client: the lists that were accepted. */
  readonly toolsetPins: ToolsetPinStore;
  /** Server: states lists. */
  readonly ledger: ToolsetLedger;
  readonly registry: ToolRegistry;
  /** The server's address as configured, under which tools are pinned; otherwise its verified identity is. */
  readonly endpoint: string | undefined;
  /** Told of what went wrong where nobody awaits it: a store or a key out of reach. */
  readonly report: (error: Error) => void;
}

export function createToolLayer(role: PeerRole, options: ToolLayerOptions): ToolLayer {
  return role === 'server' ? new ServerToolLayer(options) : new ClientToolLayer(options);
}
