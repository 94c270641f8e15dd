import type { AuditEvent } from '@mcps/protocol';

/** What the server has told its audit log of those who call it. A client may refuse by itself what is hopeless: only this says that the server did. */
export class ServerRecord {
  readonly #refusals = new Map<string, number>();
  readonly #cutOffAtMs = new Map<string, number>();

  readonly note = (event: AuditEvent): void => {
    if (event.type === 'peer.cut-off') this.#cutOffAtMs.set(event.peer.passportId, performance.now());
    if (event.type === 'message.refused' && event.claimedPassportId !== undefined)
      this.#refusals.set(event.claimedPassportId, this.refusalsOf(event.claimedPassportId) + 1);
  };

  /** How many messages have been refused that named this passport. */
  refusalsOf(passportId: string): number {
    return this.#refusals.get(passportId) ?? 0;
  }

  /** When its running session was ended, by `performance.now()`. */
  cutOffAtMs(passportId: string): number | undefined {
    return this.#cutOffAtMs.get(passportId);
  }
}
