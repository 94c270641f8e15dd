interface StoredEvent<Message> {
  readonly streamId: string;
  readonly message: Message;
}

/** Keeps what was sent on each stream, for clients that come back. The shape is that of both SDK lines; bounded by the session it serves. */
export class EventLog<Message> {
  readonly #events: StoredEvent<Message>[] = [];

  async storeEvent(streamId: string, message: Message): Promise<string> {
    this.#events.push({ streamId, message });
    return String(this.#events.length - 1);
  }

  async getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return this.#events[Number(eventId)]?.streamId;
  }

  async replayEventsAfter(
    lastEventId: string,
    { send }: { send: (eventId: string, message: Message) => Promise<void> },
  ): Promise<string> {
    const streamId = this.#events[Number(lastEventId)]?.streamId;
    if (streamId === undefined) throw new Error(`No event has the id ${lastEventId}.`);
    for (const [index, event] of this.#events.entries()) {
      const isPriming = typeof event.message !== 'object' || event.message === null || !('jsonrpc' in event.message);
      if (index > Number(lastEventId) && event.streamId === streamId && !isPriming) {
        await send(String(index), event.message);
      }
    }
    return streamId;
  }
}
