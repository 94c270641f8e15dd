import type { Authority } from '../authority.js';
import type { AccessTokens } from '../access/access-tokens.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { EventHub } from '../events/event-hub.js';
import type { WebhookDesk } from '../webhooks/webhook-desk.js';

/** What the endpoints stand on. */
export interface HttpServices {
  readonly authority: Authority;
  readonly tokens: AccessTokens;
  readonly keys: KeyRing;
  readonly webhooks: WebhookDesk;
  readonly hub: EventHub;
}
