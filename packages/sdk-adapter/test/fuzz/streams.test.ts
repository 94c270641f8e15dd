import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { secureStreams } from '../../src/streams.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import type { End } from './support/ends.js';
import { shakeHands } from './support/handshake.js';
import { UNLIMITED_PARTIES } from './support/limits.js';
import type { Direction } from './support/ledger.js';
import type { Meddler } from './support/meddler.js';
import { Random } from './support/random.js';
import { readLines, remoteEnd } from './support/remote-end.js';
import { AGAIN, CLEAN, runPath } from './support/run-path.js';
import type { OpenPath } from './support/run-path.js';
import { respelled } from './support/spellings.js';
import { COUNT, RUN_TIMEOUT_MS, SEED } from './support/settings.js';

/** The lines of a stream, with somebody on their way, who also writes honest ones otherwise. */
function meddleLines(direction: Direction, from: NodeJS.ReadableStream, to: NodeJS.WritableStream, meddler: Meddler) {
  const random = Random.of(SEED, direction);
  readLines(from, (line) => {
    const message: unknown = JSON.parse(line);
    const { honest, beside } = meddler.pass(direction, message);
    meddler.keep(direction, message);
    const text = honest === message ? line : respelled(random, honest, false);
    const copies = beside === undefined ? [] : [beside.bytes];
    for (const each of beside?.first === true ? [...copies, text] : [text, ...copies])
      to.write(Buffer.concat([Buffer.from(each), Buffer.from('\n')]));
  });
}

/** Byte streams of a process of its own, secured at both ends. */
async function openStreams(meddler: Meddler, parties: Parties): Promise<OpenPath> {
  const remote = await remoteEnd('streams.mjs', parties);
  const env = { ...process.env, ...remote.env };
  const child = spawn(process.execPath, remote.args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const [input, output] = [new PassThrough(), new PassThrough()];
  meddleLines('toServer', output, child.stdin, meddler);
  meddleLines('toClient', child.stdout, input, meddler);
  const errors: Error[] = [];
  const options = { ...parties.client.options, role: 'client' as const };
  const streams = await secureStreams({ input, output }, options, (error) => errors.push(error));
  const client: End = {
    send: (message) =>
      new Promise((resolve, reject) => {
        streams.output.write(`${JSON.stringify(message)}\n`, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
    receive: () => undefined,
    errors,
  };
  readLines(streams.input, (line) => client.receive(JSON.parse(line)));
  await remote.ready;
  await shakeHands(client, remote.end);
  return {
    client,
    server: remote.end,
    close: async () => {
      await streams.close();
      const ended = once(child, 'exit');
      await remote.close();
      await ended;
    },
  };
}

it(
  `secured streams deliver ${COUNT} messages as they were sent, and nothing else, whatever is put beside them`,
  async () => {
    const parties = await makeParties(UNLIMITED_PARTIES);
    const { verdict, messages, injected } = await runPath({
      count: COUNT,
      movesCarriers: true,
      flipsBits: true,
      open: (meddler) => openStreams(meddler, parties),
    });
    expect(verdict, AGAIN).toEqual(CLEAN);
    expect(messages).toBeGreaterThanOrEqual(COUNT);
    expect(injected).toBeGreaterThan(COUNT / 20);
  },
  RUN_TIMEOUT_MS,
);

it('secured streams tell of no error where nobody is on the way', async () => {
  const parties = await makeParties(UNLIMITED_PARTIES);
  const { verdict, errors } = await runPath({
    count: COUNT / 10,
    share: 0,
    open: (meddler) => openStreams(meddler, parties),
  });
  expect(verdict, AGAIN).toEqual(CLEAN);
  expect(errors).toEqual({ client: [], server: [] });
});
