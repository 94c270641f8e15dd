import type { Connection } from '@mcps/protocol';
import type { ToolLayer } from '../tools/tool-layer.js';

/** What messages pass through between the transport below and the application. */
export interface Link {
  readonly connection: Connection;
  readonly tools: ToolLayer;
}

/** A link that is being made: options are resolved asynchronously, messages may come before that. */
export class LinkSlot {
  /** Rejects with the fault of the configuration. */
  readonly ready: Promise<Link>;
  #made: Link | undefined;
  #closed = false;

  constructor(making: Promise<Link>) {
    this.ready = making.then((link) => {
      this.#made = link;
      if (this.#closed) link.connection.close();
      return link;
    });
    // Reported by start() and by every send(): unhandled it would end the process before either is called.
    this.ready.catch(() => undefined);
  }

  /** The link, once it is there: nobody needs to wait for it any more. */
  get made(): Link | undefined {
    return this.#made;
  }

  /** Closes the connection, now or as soon as it is there. */
  close(): void {
    this.#closed = true;
    this.#made?.connection.close();
  }
}
