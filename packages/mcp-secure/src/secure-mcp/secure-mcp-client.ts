import type { Signer } from '@mcps/crypto';
import type { JsonObject } from '@mcps/protocol';
import { signMessage } from '../message.js';
import type { PrivateKeyInput } from '../keys.js';
import type { Refusal } from '../refusal.js';
import { MessageGate } from './message-gate.js';
import { isOfficial, secureOfficial } from './official.js';
import type { OfficialObject, OfficialOptions } from './official.js';
import { idOf } from './options.js';
import type { AuthorityOptions, IdentityOptions, LayerOptions } from './options.js';
import { shielded } from './secure-mcp.js';

/** Options for a client that is none of the official SDK. `passport` and `privateKey` are what `send` uses where it is given none. */
export type MessageClientOptions = AuthorityOptions & IdentityOptions & Omit<LayerOptions, 'onAudit'>;

/** What takes signed messages on their way out. */
export interface MessageSender {
  send?: ((envelope: JsonObject) => unknown) | undefined;
}

/** What {@link secureMCPClient} returns for a client that is none of the official SDK. */
export interface SecuredMessageClient {
  /** Signs a message and hands it to the client's `send`; returns what that returns, and the signed message where there is none. A promise with an external signer. */
  send(message: object, passportId?: string, privateKey?: PrivateKeyInput | Signer): unknown;
  /**
   * Verifies a message of a server: passport, signature, time, replay, level and revocation. Rejects with `ConfigurationError` for mistakes in the options,
   * and for nothing that a message holds.
   */
  verify(envelope: unknown): Promise<MessageVerdict>;
  /** Lets go of the authority. Nothing is accepted any more. */
  destroy(): void;
}

/** What became of a message of a server. */
export type MessageVerdict =
  | { readonly valid: true; readonly passport_id: string; readonly error: null; readonly message: JsonObject }
  | ({ readonly valid: false } & Refusal);

/**
 * Secures an MCP client: what it sends is signed, and what comes back is verified.
 *
 * A client of the official SDK, 1.x or 2.x, is returned itself, its `connect` secured: see `@mcps/sdk-adapter`. For anything else the published object is
 * returned. A text in place of the options is the address of the authority.
 *
 * Throws `ConfigurationError`: `already_secured`, `already_connected`, `anchor_required`, `option_invalid`.
 */
export function secureMCPClient<T extends OfficialObject>(client: T, options: OfficialOptions): T;
export function secureMCPClient(
  client: MessageSender | null | undefined,
  options: MessageClientOptions | string,
): SecuredMessageClient;
export function secureMCPClient(
  client: OfficialObject | MessageSender | null | undefined,
  options: OfficialOptions | MessageClientOptions | string,
): OfficialObject | SecuredMessageClient {
  const given = typeof options === 'string' ? { trustAuthority: options } : (options ?? {});
  if (isOfficial(client)) return secureOfficial(client, 'client', given);
  return secureMessageClient(client, given);
}

function secureMessageClient(
  client: MessageSender | null | undefined,
  { onRevoked, ...options }: MessageClientOptions,
): SecuredMessageClient {
  const gate = new MessageGate('client', options);
  const ownId = idOf(options.passport) ?? '';
  const transmit = (envelope: JsonObject): unknown =>
    typeof client?.send === 'function' ? client.send(envelope) : envelope;
  return {
    send(message, passportId = ownId, privateKey = options.privateKey) {
      const signed = signMessage(message as JsonObject, passportId, privateKey ?? '');
      return signed instanceof Promise ? signed.then(transmit) : transmit(signed);
    },
    async verify(envelope) {
      const outcome = await gate.accept(envelope);
      if ('accepted' in outcome) {
        const { message, identity } = outcome.accepted;
        return { valid: true, passport_id: identity.passportId, error: null, message };
      }
      const { refused, claimedPassportId } = outcome;
      if (refused.error.code === 'MCPS-003') shielded(() => onRevoked?.(claimedPassportId ?? '', refused.reason));
      return { valid: false, ...refused };
    },
    destroy: () => {
      gate.destroy();
    },
  };
}
