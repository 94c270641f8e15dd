import { describe, expect, it } from 'vitest';
import { messageFrame } from '../../../src/http/sse/encode-frame.js';
import { transformFrames } from '../../../src/http/sse/transform-frames.js';
import type { FrameOutput, FrameTransform } from '../../../src/http/sse/transform-frames.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Source {
  readonly body: ReadableStream<Uint8Array>;
  push(text: string): void;
  end(): void;
  break(error: Error): void;
  readonly cancelled: unknown[];
}

function source(): Source {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const cancelled: unknown[] = [];
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: (reason) => {
      cancelled.push(reason);
    },
  });
  return {
    body,
    cancelled,
    push: (text) => controller?.enqueue(encode(text)),
    end: () => controller?.close(),
    break: (error) => controller?.error(error),
  };
}

const passing: FrameTransform = {
  frame: (frame, output) => {
    output.write(frame);
    return Promise.resolve();
  },
};

async function next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read();
  return value === undefined ? undefined : new TextDecoder().decode(value);
}

describe('a transformed event stream', () => {
  it('hands on each frame as it comes, comments before the event that follows them', async () => {
    const { body, push, end } = source();
    const reader = transformFrames(body, passing, 100).getReader();
    push(': ping\n');
    expect(await next(reader)).toBe(': ping\n');
    push('data: 1\n');
    push('\ndata: 2\n\n');
    expect(await next(reader)).toBe('data: 1\n\n');
    expect(await next(reader)).toBe('data: 2\n\n');
    end();
    expect(await next(reader)).toBeUndefined();
  });

  it('reads no faster than it is read', async () => {
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          pulls += 1;
          controller.enqueue(encode(`data: ${pulls}\n\n`));
        },
      },
      { highWaterMark: 0 },
    );
    const reader = transformFrames(body, passing, 100).getReader();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pulls).toBe(0);
    await next(reader);
    await next(reader);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pulls).toBe(2);
    await reader.cancel();
  });

  it('takes frames between those of the old stream', async () => {
    const { body, push, end } = source();
    let output: FrameOutput | undefined;
    const frames = transformFrames(
      body,
      {
        frame: (_, given) => {
          output = given;
          given.write(messageFrame('first'));
          return Promise.resolve();
        },
      },
      100,
    );
    const reader = frames.getReader();
    push('data: x\n\n');
    expect(await next(reader)).toContain('first');
    const waiting = next(reader);
    output?.write(messageFrame('later'));
    expect(await waiting).toContain('later');
    end();
    expect(await next(reader)).toBeUndefined();
  });

  it('does not end before what is under way has gone out', async () => {
    const { body, end } = source();
    const frames = transformFrames(
      body,
      {
        ...passing,
        finish: async (output) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          output.write(messageFrame('last'));
        },
      },
      100,
    );
    end();
    expect(await new Response(frames).text()).toContain('last');
  });

  it('hands a cancellation through, and is closed once', async () => {
    const { body, cancelled } = source();
    let closed = 0;
    const frames = transformFrames(body, { ...passing, closed: () => (closed += 1) }, 100);
    const reader = frames.getReader();
    const waiting = reader.read();
    await reader.cancel('gone');
    await waiting;
    expect(cancelled).toEqual(['gone']);
    expect(closed).toBe(1);
  });

  it('hands an error through', async () => {
    const broken = source();
    const reader = transformFrames(broken.body, passing, 100).getReader();
    broken.break(new Error('reset'));
    await expect(reader.read()).rejects.toThrow('reset');
  });

  it('breaks off where a frame is refused, and cancels what it came from', async () => {
    const { body, push, cancelled } = source();
    const refusing = { frame: () => Promise.reject(new Error('refused')) };
    const reader = transformFrames(body, refusing, 100).getReader();
    push('data: 1\n\n');
    await expect(reader.read()).rejects.toThrow('refused');
    expect(cancelled).toHaveLength(1);
  });

  it('breaks off at a frame over the limit', async () => {
    const { body, push, cancelled } = source();
    const reader = transformFrames(body, passing, 100).getReader();
    push('x'.repeat(101));
    await expect(reader.read()).rejects.toMatchObject({ reason: 'message_too_large' });
    expect(cancelled).toHaveLength(1);
  });

  it('goes on with what follows, also where the rest of the old stream is skipped', async () => {
    const [first, second, third] = [source(), source(), source()];
    const coming = [second.body, third.body];
    const transform: FrameTransform = {
      frame: (frame, output) => {
        if (frame.data === 'skip') output.skip();
        else output.write(frame);
        return Promise.resolve();
      },
      following: () => Promise.resolve(coming.shift()),
    };
    const reader = transformFrames(first.body, transform, 100).getReader();
    first.push('data: 1\n\ndata: skip\n\ndata: never\n\ndata: torn');
    expect(await next(reader)).toBe('data: 1\n\n');
    second.push('data: 2\n\n');
    expect(await next(reader)).toBe('data: 2\n\n');
    expect(first.cancelled).toHaveLength(1);
    second.push('data: torn');
    second.end();
    third.push(' off\n\ndata: 3\n\n');
    third.end();
    // What one stream has begun, the next does not end.
    expect(await next(reader)).toBe(' off\n\n');
    expect(await next(reader)).toBe('data: 3\n\n');
    expect(await next(reader)).toBeUndefined();
  });

  it('ends at once where it is told to, and hands nothing on after that', async () => {
    const { body, push, cancelled } = source();
    const ending: FrameTransform = {
      frame: (frame, output) => {
        output.write(frame);
        output.end();
        output.write(frame);
        return Promise.resolve();
      },
    };
    const frames = transformFrames(body, ending, 100);
    push('data: 1\n\ndata: 2\n\n');
    expect(await new Response(frames).text()).toBe('data: 1\n\n');
    expect(cancelled).toHaveLength(1);
  });
});
