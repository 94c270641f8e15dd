import { asError } from '../../error.js';

type Bytes = ReadableStream<Uint8Array>;

/** One stream after another: `next` is asked for each as soon as the one before has ended. Nothing is read ahead of whoever reads. */
export function chainStreams(first: Bytes, next: () => Promise<Bytes | undefined>, onOver: () => void): Bytes {
  let reader = first.getReader();
  const step = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (!done) {
        controller.enqueue(value);
        return;
      }
      const following = await next();
      if (following === undefined) {
        controller.close();
        onOver();
        return;
      }
      reader = following.getReader();
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          await step(controller);
        } catch (error) {
          controller.error(asError(error, 'The event stream could not be read.'));
          onOver();
        }
      },
      cancel: async (reason) => {
        onOver();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
