import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secureStreams } from '../../src/streams.js';
import type { SecureStreamsOptions, SecuredStreams } from '../../src/streams.js';
import type { Wire } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { reasonsIn, until } from '../harness/expectations.js';
import { INITIALIZE } from '../harness/secured-pair.js';
import { fixture, programOf } from '../harness/stdio.js';

/** The lines of a stream, parsed. */
function collect(stream: NodeJS.ReadableStream): Wire[] {
  const messages: Wire[] = [];
  createInterface({ input: stream }).on('line', (line) => messages.push(JSON.parse(line)));
  return messages;
}

/** What the attacker makes of a line of the client; what it returns is put on the wire as it stands. */
type Rewrite = (line: string) => string | Buffer;

let parties: Parties;
let rewrite: Rewrite;
let toServer: PassThrough;
let wire: { serverOut: PassThrough };
let sent: string[];
let client: SecuredStreams;
let server: SecuredStreams;
let clientGot: Wire[];
let errors: { client: Error[]; server: Error[] };
let ended: boolean;
let endServer: () => void;

const write = (message: Wire): void => void client.output.write(`${JSON.stringify(message)}\n`);
const answer = (id: unknown): Wire => clientGot.find((message) => message.id === id);
const ask = async (id: number, method: string, params?: Wire): Promise<Wire> => {
  write({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) });
  await until(() => answer(id) !== undefined);
  return answer(id);
};

/** A secured client and a secured front of a real process, with somebody on the bytes between them. */
async function join(command: readonly string[], observing: Partial<SecureStreamsOptions> = {}): Promise<void> {
  const child = spawn(process.execPath, [...command], { stdio: ['pipe', 'pipe', 'ignore'] });
  const clientOut = new PassThrough();
  const serverOut = new PassThrough();
  toServer = new PassThrough();
  createInterface({ input: clientOut })
    .on('line', (line) => {
      sent.push(line);
      toServer.write(rewrite(line));
    })
    .on('close', () => toServer.end());
  server = await secureStreams(
    { input: toServer, output: serverOut },
    { ...parties.server.options, role: 'server', maxLineBytes: 100_000, ...observing },
    (error) => errors.server.push(error),
  );
  wire = { serverOut };
  server.input.pipe(child.stdin);
  child.stdout.pipe(server.output);
  client = await secureStreams(
    { input: serverOut, output: clientOut },
    { ...parties.client.options, role: 'client' },
    (error) => errors.client.push(error),
  );
  clientGot = collect(client.input);
  ended = false;
  child.once('close', () => (ended = true));
  endServer = () => child.kill();
  await ask(0, 'initialize', INITIALIZE.params);
  write({ jsonrpc: '2.0', method: 'notifications/initialized' });
  await ask(1, 'ping');
}

beforeEach(async () => {
  parties = await makeParties();
  sent = [];
  errors = { client: [], server: [] };
  rewrite = (line) => `${line}\n`;
});

afterEach(async () => {
  endServer();
  await client.close();
  await server.close();
});

describe('a plain program behind secured streams', () => {
  it('is served with envelopes at the top level, and ends when its client does', async () => {
    await join([fixture('plain-peer.mjs')]);
    expect((await ask(2, 'tools/call', { name: 'echo', arguments: { text: 'é\u2028' } })).result.content).toEqual([
      { type: 'text', text: 'é\u2028' },
    ]);
    expect(sent.every((line) => JSON.parse(line).mcps !== undefined)).toBe(true);
    expect(client.peer?.passportId).toBe(parties.server.identity.passport.passport_id);
    expect(server.peer?.passportId).toBe(parties.client.identity.passport.passport_id);
    write({ jsonrpc: '2.0', id: 3, method: 'ping' });
    client.output.end();
    await client.closed;
    await server.closed;
    await until(() => ended && answer(3) !== undefined);
    expect(answer(3).result).toEqual({});
    expect(errors).toEqual({ client: [], server: [] });
  });

  it.each(['server-everything', 'server-filesystem', 'server-memory'])('%s', async (name) => {
    const argument = name === 'server-filesystem' ? process.cwd() : 'stdio';
    await join([programOf(`@modelcontextprotocol/${name}`), argument]);
    expect((await ask(2, 'tools/list')).result.tools.length).toBeGreaterThan(2);
    expect(errors).toEqual({ client: [], server: [] });
  });

  it('takes many messages in one write, and loses none', async () => {
    await join([fixture('plain-peer.mjs')]);
    const lines = Array.from({ length: 300 }, (_, index) =>
      JSON.stringify({ jsonrpc: '2.0', id: 100 + index, method: 'ping' }),
    );
    client.output.write(`${lines.join('\r\n')}\n\n`);
    await until(() => clientGot.length >= 302);
    expect(clientGot.slice(2).map((message) => message.id)).toEqual(lines.map((_, index) => 100 + index));
    expect(clientGot.every((message) => message.error === undefined)).toBe(true);
  });
});

/** What the bytes of one signed call become, and the reason for which it is refused. */
const ATTACKS: [string, (line: string) => string | Buffer, string][] = [
  ['a duplicate key', (line) => line.replace('{', '{"method":"tools/call",'), 'message_not_canonical'],
  ['a number that no double holds', (line) => line.replace('{', '{"x":1e400,'), 'message_not_canonical'],
  [
    'bytes that are no UTF-8',
    (line) => Buffer.from(line.replace('ASCII', 'AS\u00ffII'), 'latin1'),
    'message_not_canonical',
  ],
  ['a line over the limit', (line) => line.replace('ASCII', 'x'.repeat(200_000)), 'message_too_large'],
  [
    'two carriers',
    (line) => {
      const message = JSON.parse(line);
      message.params._meta = { ...message.params._meta, 'dev.mcps/envelope': message.mcps };
      return JSON.stringify(message);
    },
    'carrier_ambiguous',
  ],
  [
    'no envelope any more',
    (line) => {
      const { mcps: _, ...message } = JSON.parse(line);
      return JSON.stringify(message);
    },
    'envelope_missing',
  ],
  ['another text', (line) => line.replace('ASCII', 'OTHER'), 'signature_invalid'],
];

describe('an attack on the bytes', () => {
  it.each(ATTACKS)('%s: refused, and answered', async (_, attack, reason) => {
    await join([fixture('plain-peer.mjs')]);
    rewrite = (line) => Buffer.concat([Buffer.from(attack(line)), Buffer.from('\n')]);
    const refused = await ask(2, 'tools/call', { name: 'echo', arguments: { text: 'ASCII' } });
    expect(refused.result).toBeUndefined();
    expect(refused.error.data).toBeDefined();
    expect(reasonsIn(errors.server)).toContain(reason);
    rewrite = (line) => `${line}\n`;
    expect((await ask(3, 'ping')).result).toEqual({});
  });

  it('a line that is sent twice, and one that nobody signed, reach nobody', async () => {
    await join([fixture('plain-peer.mjs')]);
    rewrite = (line) => `${line}\n${line}\n{"jsonrpc":"2.0","method":"notifications/cancelled"}\nnot json\n`;
    // The refusal of the second may be here before the answer to the first: one of the two is all that the caller is told.
    await ask(2, 'ping');
    rewrite = (line) => `${line}\n`;
    await ask(3, 'ping');
    expect(reasonsIn(errors.server)).toEqual(
      expect.arrayContaining(['sequence_repeated', 'envelope_missing', 'message_not_object']),
    );
    expect(clientGot.filter((message) => message.id === 2)).toHaveLength(1);
  });
});

describe('observing', () => {
  it('lets through what it would have refused, without anything of ours in it, and says so', async () => {
    await join([fixture('plain-peer.mjs')], { mode: 'observe' });
    rewrite = (line) => `${line.replace('ASCII', 'OTHER')}\n`;
    const call = await ask(2, 'tools/call', { name: 'echo', arguments: { text: 'ASCII' } });
    // The server answers what it was given; the client, which enforces, sees that it did not ask for that.
    expect(call.error.data).toMatchObject({ reason: 'reply_mismatch' });
    expect(reasonsIn(errors.server)).toEqual(['signature_invalid']);
    expect(parties.server.audit.filter(({ type }) => type === 'message.reported')).toHaveLength(1);
    expect(parties.server.audit.filter(({ type }) => type === 'message.refused')).toEqual([]);
  });
});

describe('a stream that fails', () => {
  it('on the wire: the connection is over, the local peer is told by the end of its input', async () => {
    await join([fixture('plain-peer.mjs')]);
    toServer.destroy(new Error('the cable was cut'));
    await server.closed;
    expect(server.securityState).toBe('closed');
    expect(errors.server.map(String)).toContain('Error: the cable was cut');
  });

  it('where nothing can be written any more: the connection is over', async () => {
    await join([fixture('plain-peer.mjs')]);
    wire.serverOut.destroy(new Error('nobody reads'));
    write({ jsonrpc: '2.0', id: 2, method: 'ping' });
    await server.closed;
    expect(server.securityState).toBe('closed');
  });
});
