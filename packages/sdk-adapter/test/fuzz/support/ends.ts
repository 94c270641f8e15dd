import type { Wire } from '../../harness/message.js';

/** One end of a path: what the application there sends, and what it is given. */
export interface End {
  /** @param relatedTo the id of the request that is being answered meanwhile. */
  send(message: Wire, relatedTo?: string | number): Promise<void>;
  /** Takes what is delivered to the application. */
  receive: (message: Wire) => void;
  /** What the end has told of. */
  readonly errors: Error[];
}

interface TransportOfEitherLine {
  onmessage?: ((message: never, extra?: never) => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  send(message: never, options?: { relatedRequestId?: string | number }): Promise<void>;
}

/** The application's side of a transport. */
export function endOf(transport: TransportOfEitherLine): End {
  const errors: Error[] = [];
  const end: End = {
    send: (message, relatedRequestId) =>
      transport.send(message as never, relatedRequestId === undefined ? {} : { relatedRequestId }),
    receive: () => undefined,
    errors,
  };
  transport.onmessage = (message: Wire) => end.receive(message);
  transport.onerror = (error) => void errors.push(error);
  return end;
}
