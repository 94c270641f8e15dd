import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Wire } from '../../harness/message.js';
import type { Parties } from '../../harness/parties.js';
import type { End } from './ends.js';
import { UNLIMITED } from './limits.js';

/** How to start a process that is the server's end of a path, and what stands for that end here. */
export interface RemoteEnd {
  readonly end: End;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** Resolves when the process is there, and listens. */
  readonly ready: Promise<void>;
  /** Ends the process. */
  close(): Promise<void>;
}

interface Told {
  readonly delivered?: Wire;
  readonly sent?: number;
  readonly failed?: number;
  readonly text?: string;
  readonly error?: string;
  readonly ready?: true;
}

/** @param fixture a program of the folder `fixtures`. @param parties how it is secured; `undefined` is not at all. */
export async function remoteEnd(fixture: string, parties: Parties | undefined): Promise<RemoteEnd> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const connected = once(listener, 'connection').then(([socket]) => socket as Socket);
  const sending = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  const end: End = {
    send: async (message, relatedRequestId) => {
      const socket = await connected;
      return new Promise((resolve, reject) => {
        const number = sending.size;
        sending.set(number, { resolve, reject });
        socket.write(`${JSON.stringify({ number, message, relatedRequestId })}\n`);
      });
    },
    receive: () => undefined,
    errors: [],
  };
  const ready = connected.then(
    (socket) =>
      new Promise<void>((resolve) => {
        readLines(socket, (line) => {
          const told = JSON.parse(line) as Told;
          if (told.ready === true) resolve();
          if (told.delivered !== undefined) end.receive(told.delivered);
          if (told.sent !== undefined) sending.get(told.sent)?.resolve();
          if (told.failed !== undefined) sending.get(told.failed)?.reject(new Error(told.text));
          if (told.error !== undefined) end.errors.push(new Error(told.error));
        });
      }),
  );
  return {
    end,
    args: [fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url))],
    env: { FUZZ_SETTINGS: JSON.stringify({ port, options: parties && optionsOf(parties) }) },
    ready,
    close: async () => {
      const socket = await connected;
      socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

function optionsOf({ server, authority }: Parties) {
  const { passport, pem } = server.identity;
  return { passport, privateKey: pem, trustAnchors: JSON.parse(authority.anchorFile) as unknown, ...UNLIMITED };
}

/** Calls `take` with each line, and with nothing but lines: what else Unicode calls a line end is text here. */
export function readLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    lines.forEach(take);
  });
}
