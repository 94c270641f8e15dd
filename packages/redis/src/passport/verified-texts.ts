import type { VerifiedPassport } from '@mcps/protocol';

/** What this very process has verified, by identity and exact text, so that a text is verified once and not at every message. Bounded: the least recently used goes. */
export class VerifiedTexts {
  readonly #entries = new Map<string, { readonly text: string; readonly passport: VerifiedPassport }>();

  constructor(private readonly capacity: number) {}

  get(identity: string, text: string): VerifiedPassport | undefined {
    const entry = this.#entries.get(identity);
    if (entry?.text !== text) return undefined;
    this.set(identity, text, entry.passport);
    return entry.passport;
  }

  set(identity: string, text: string, passport: VerifiedPassport): void {
    this.#entries.delete(identity);
    this.#entries.set(identity, { text, passport });
    if (this.#entries.size <= this.capacity) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      break;
    }
  }
}
