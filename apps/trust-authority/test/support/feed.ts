import type { EventFeed } from '../../src/authority.js';
import type { AuthorityEvent } from '../../src/formats.js';

/** A feed whose revocations a test makes. Nothing is signed: whoever passes events on does not look at them. */
export class TestFeed implements EventFeed {
  readonly events: AuthorityEvent[] = [];
  era = 1;
  readonly #listeners = new Set<(event: AuthorityEvent) => void>();

  get epoch(): number {
    return this.events.length;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  revoke(count = 1): void {
    for (let index = 0; index < count; index += 1) {
      const epoch = this.epoch + 1;
      const event = this.#event('revocation', epoch, {
        revocation: {
          passport_id: `asp_${epoch.toString(16).padStart(32, '0')}`,
          reason: 'manual_revoke',
          revoked_at: '2030-01-01T00:00:00.000Z',
          passport_expires_at: '2031-01-01T00:00:00.000Z',
        },
      });
      this.events.push(event);
      for (const listener of this.#listeners) listener(event);
    }
  }

  subscribe(listener: (event: AuthorityEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async since(epoch: number, limit: number): Promise<readonly AuthorityEvent[]> {
    return this.events.slice(epoch, epoch + limit);
  }

  async heartbeat(): Promise<AuthorityEvent> {
    return this.#event('heartbeat', this.epoch, {});
  }

  #event(type: AuthorityEvent['type'], epoch: number, more: Partial<AuthorityEvent>): AuthorityEvent {
    return {
      authority: 'test-authority',
      era: this.era,
      epoch,
      id: `${this.era}.${epoch}`,
      type,
      produced_at: '2030-01-01T00:00:00.000Z',
      list_number: epoch,
      ...more,
      signature: 'A'.repeat(86),
    };
  }
}
