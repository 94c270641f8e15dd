import type { Contestant } from '../harness/contestant.js';
import { keepInFlight } from '../harness/keep-in-flight.js';

/** A way to sign something and verify it, on the calling thread. */
export interface SyncScheme<Input, Signed> {
  readonly name: string;
  sign(input: Input): Signed;
  /** What the other side receives of it; takes no part in the measurement. */
  transmit?(signed: Signed): Signed;
  /** @throws for a signature that does not verify */
  verify(received: Signed): void;
}

/** The same, with promises. */
export interface AsyncScheme<Input, Signed> {
  readonly name: string;
  sign(input: Input): Promise<Signed>;
  transmit?(signed: Signed): Signed;
  /** Rejects for a signature that does not verify. */
  verify(received: Signed): Promise<void>;
}

/** Bytes with their signature. */
export interface SignedBytes {
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
}

/** Signs one input after the other, each of them another one, and verifies what arrives of them. */
export function syncContestant<Input, Signed>(
  scheme: SyncScheme<Input, Signed>,
  inputOf: (number: number) => Input,
): Contestant {
  let next = 0;
  return {
    name: scheme.name,
    run: async (operations, watch) => {
      const inputs = Array.from({ length: operations }, () => inputOf(next++));
      const signed: Signed[] = [];
      watch.time(() => {
        for (const input of inputs) signed.push(scheme.sign(input));
      });
      const received = signed.map((each) => scheme.transmit?.(each) ?? each);
      watch.time(() => {
        for (const each of received) scheme.verify(each);
      });
    },
  };
}

/** The same for a scheme with promises, with so many inputs in flight at any time. */
export function asyncContestant<Input, Signed>(
  scheme: AsyncScheme<Input, Signed>,
  inputOf: (number: number) => Input,
  inFlight = 1,
): Contestant {
  let next = 0;
  return {
    name: scheme.name,
    run: async (operations, watch) => {
      const inputs = Array.from({ length: operations }, () => inputOf(next++));
      const signed: Signed[] = [];
      await watch.timeAsync(() =>
        keepInFlight(inputs, inFlight, async (input) => {
          signed.push(await scheme.sign(input));
        }),
      );
      const received = signed.map((each) => scheme.transmit?.(each) ?? each);
      await watch.timeAsync(() => keepInFlight(received, inFlight, (each) => scheme.verify(each)));
    },
  };
}
