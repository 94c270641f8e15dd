import { ConfigurationError } from '@mcps/protocol';
import type { JsonObject, PeerIdentity } from '@mcps/protocol';
import { signMessage } from '../message.js';
import type { SignedEnvelope } from '../message.js';
import type { Refusal } from '../refusal.js';
import { MessageGate } from './message-gate.js';
import { isOfficial, secureOfficial } from './official.js';
import type { OfficialObject, OfficialOptions } from './official.js';
import { idOf } from './options.js';
import type { AuthorityOptions, IdentityOptions, LayerOptions } from './options.js';

/** What is written down of each message, in the published form. */
export interface AuditEntry {
  /** RFC 3339, UTC. */
  readonly timestamp: string;
  readonly event: 'accepted' | 'rejected';
  /** Of a rejected message: what it claims, which nobody has verified. */
  readonly passport_id: string | null;
  readonly method?: string;
  /** `MCPS-001` to `MCPS-015`. */
  readonly code?: string;
  readonly reason?: string;
}

/** Options for a server that is none of the official SDK. */
export type MessageServerOptions = AuthorityOptions &
  IdentityOptions &
  Omit<LayerOptions, 'onAudit'> & { readonly onAudit?: ((entry: AuditEntry) => void) | undefined };

/** What takes verified messages: the own server. */
export interface MessageHandler {
  handleMessage?: ((message: JsonObject, caller: PeerIdentity) => unknown) | undefined;
}

/** What {@link secureMCP} returns for a server that is none of the official SDK. */
export interface SecuredMessages {
  /**
   * Verifies one message: passport, signature, time, replay, level and revocation. Resolves to what the server's `handleMessage` returns for it, to
   * `{result: 'ok'}` where there is none, and to `{error, reason}` for a message that is refused, which no handler sees.
   *
   * Rejects with `ConfigurationError` for mistakes in the options, and with what the server's `handleMessage` throws.
   */
  handleMessage(envelope: unknown): Promise<unknown>;
  /** Signs a message in the own name: with a key of this process at once, with an external signer later. */
  sign<T extends object>(message: T): SignedEnvelope<T> | Promise<SignedEnvelope<T>>;
  /** Lets go of the authority. Nothing is accepted any more. */
  destroy(): void;
}

/**
 * Secures an MCP server: every incoming message is verified (passport, signature, replay, trust level, revocation) before it gets anywhere.
 *
 * A server of the official SDK, 1.x or 2.x, is returned itself, its `connect` secured: see `@mcps/sdk-adapter`. Mistakes in the options then surface from `connect`.
 * For anything else the published object is returned, which is handed messages one by one.
 *
 * Throws `ConfigurationError`: `already_secured`, `already_connected`, `anchor_required`, `option_invalid`.
 */
export function secureMCP<T extends OfficialObject>(server: T, options: OfficialOptions): T;
export function secureMCP(server: MessageHandler | null | undefined, options: MessageServerOptions): SecuredMessages;
export function secureMCP(
  server: OfficialObject | MessageHandler | null | undefined,
  options: OfficialOptions | MessageServerOptions,
): OfficialObject | SecuredMessages {
  if (typeof options !== 'object' || options === null) {
    throw new ConfigurationError(
      'option_missing',
      'The options are missing: `passport`, `privateKey`, `trustAuthority`.',
    );
  }
  if (isOfficial(server)) return secureOfficial(server, 'server', options as OfficialOptions);
  return secureMessages(server, options as MessageServerOptions);
}

function secureMessages(server: MessageHandler | null | undefined, options: MessageServerOptions): SecuredMessages {
  const { onAudit, onRevoked, ...rest } = options;
  const gate = new MessageGate('server', rest);
  const passportId = idOf(options.passport) ?? '';
  const audit = (entry: Omit<AuditEntry, 'timestamp'>): void => {
    shielded(() => onAudit?.({ timestamp: new Date().toISOString(), ...entry }));
  };
  return {
    async handleMessage(envelope) {
      const outcome = await gate.accept(envelope);
      if ('refused' in outcome) {
        tell(outcome, onRevoked, audit);
        return { ...outcome.refused };
      }
      const { message, identity } = outcome.accepted;
      const { method } = message;
      audit({ event: 'accepted', passport_id: identity.passportId, ...(typeof method === 'string' ? { method } : {}) });
      if (typeof server?.handleMessage !== 'function') return { result: 'ok' };
      return server.handleMessage(message, identity);
    },
    sign<T extends object>(message: T): SignedEnvelope<T> | Promise<SignedEnvelope<T>> {
      return signMessage(message, passportId, options.privateKey ?? '');
    },
    destroy: () => {
      gate.destroy();
    },
  };
}

function tell(
  { refused, claimedPassportId }: { refused: Refusal; claimedPassportId: string | null },
  onRevoked: AuthorityOptions['onRevoked'],
  audit: (entry: Omit<AuditEntry, 'timestamp'>) => void,
): void {
  const { error, reason } = refused;
  audit({ event: 'rejected', passport_id: claimedPassportId, code: error.code, reason });
  if (error.code === 'MCPS-003') shielded(() => onRevoked?.(claimedPassportId ?? '', reason));
}

/** What a listener throws changes no decision. */
export function shielded(call: () => void): void {
  try {
    call();
  } catch {
    // The decision stands whether or not anybody heard of it.
  }
}
