import type { JsonObject, JsonRpcId } from '@mcps/protocol';

/**
 * What both lines of the official SDK call `AuthInfo`: what is known of a caller over HTTP. The types of this folder describe the SDK's without importing
 * them, so that whoever uses one line needs nothing of the other.
 */
export interface AuthInfoLike {
  token: string;
  clientId: string;
  scopes: string[];
  expiresAt?: number;
  resource?: URL;
  extra?: Record<string, unknown>;
}

/** What a transport gives along with a message. Members that are not named here are passed on as they are. */
export interface MessageExtraLike {
  authInfo?: AuthInfoLike;
}

/** What is given to `send` along with a message. Members that are not named here are passed on as they are. */
export interface SendOptionsLike {
  relatedRequestId?: JsonRpcId | undefined;
  resumptionToken?: string | undefined;
  onresumptiontoken?: ((token: string) => void) | undefined;
  /** SDK 2.x: ends the request that the message is sent with. */
  requestSignal?: AbortSignal | undefined;
  /** SDK 2.x: is told when the stream of that request has ended. */
  onRequestStreamEnd?: (() => void) | undefined;
  /** SDK 2.x: more headers for that request. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Parameters are compared as those of a method: each line of the SDK has message types of its own, all of them JSON objects. */
export type OnMessage = { method(message: JsonObject, extra?: MessageExtraLike): void }['method'];

/** The `Transport` of the official SDK, of either line. */
export interface TransportLike {
  start(): Promise<void>;
  send(message: JsonObject, options?: SendOptionsLike): Promise<void>;
  close(): Promise<void>;
  onmessage?: OnMessage | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  sessionId?: string | undefined;
  setProtocolVersion?: ((version: string) => void) | undefined;
}
