import { describe, expect, it } from 'vitest';
import { AuditError, createAuditLog } from '../../src/index.js';
import type { AuditRecord } from '../../src/index.js';
import { AT_MS, accepted, numbered } from '../support/events.js';
import { TestSink } from '../support/sinks.js';

const clock = (): number => AT_MS + 1_000_000;
const idsOf = (records: readonly AuditRecord[]): unknown[] =>
  records.map(({ event, id, count }) => (event === 'audit.lost' ? `lost ${count}` : id));

function open(sinks: TestSink[], options: { maxQueued?: number; closeTimeoutMs?: number } = {}) {
  const errors: AuditError[] = [];
  const log = createAuditLog({ sinks, clock, onError: (error) => errors.push(error), ...options });
  return { log, errors, codes: () => errors.map(({ code }) => code) };
}

describe('an audit log', () => {
  it('hands every record to every sink, in order and in batches, after the call has gone on', async () => {
    const sinks = [new TestSink('a'), new TestSink('b')];
    const { log, errors } = open(sinks);
    for (const event of numbered(600)) log.sink(event);
    expect(sinks[0]?.records).toEqual([]);
    await log.flush();
    for (const sink of sinks) expect(idsOf(sink.records)).toEqual(Array.from({ length: 600 }, (_, index) => index));
    expect(sinks[0]?.batches).toEqual([256, 256, 88]);
    expect([log.lost, errors]).toEqual([0, []]);
  });

  it('lets no sink wait for another', async () => {
    const [slow, quick] = [new TestSink('slow'), new TestSink('quick')];
    slow.hold();
    const { log } = open([slow, quick]);
    for (const event of numbered(3)) log.sink(event);
    await new Promise((resolve) => setImmediate(resolve));
    expect(idsOf(quick.records)).toEqual([0, 1, 2]);
    expect(slow.records).toEqual([]);
    slow.release();
    await log.flush();
    expect(idsOf(slow.records)).toEqual([0, 1, 2]);
  });

  it('counts what does not fit into a queue, and writes the count where it is missing', async () => {
    const sink = new TestSink();
    sink.hold();
    const { log, errors } = open([sink], { maxQueued: 4 });
    for (const event of numbered(10)) log.sink(event);
    expect(log.lost).toBe(6);
    expect(errors).toMatchObject([{ code: 'events_lost', sink: 'test', count: 1 }]);
    sink.release();
    await log.flush();
    for (const event of numbered(1, 10)) log.sink(event);
    await log.flush();
    expect(idsOf(sink.records)).toEqual([0, 1, 2, 3, 'lost 6', 10]);
    expect(sink.records[4]).toEqual({
      time: '2026-03-01T12:16:40.000Z',
      event: 'audit.lost',
      decision: 'noticed',
      count: 6,
      from: '2026-03-01T12:00:00.004Z',
      to: '2026-03-01T12:00:00.009Z',
    });
  });

  it('never holds more than its bound, however long a sink hangs', async () => {
    const sink = new TestSink();
    sink.hold();
    const { log } = open([sink], { maxQueued: 300 });
    for (const event of numbered(300)) log.sink(event);
    await new Promise((resolve) => setImmediate(resolve));
    // 256 of them are with the sink: they count as well.
    for (const event of numbered(1000, 300)) log.sink(event);
    expect(log.lost).toBe(1000);
    sink.release();
    await log.flush();
    expect(sink.records).toHaveLength(301);
  });

  it('tries a batch again when a sink has failed, and loses nothing', async () => {
    const sink = new TestSink();
    sink.failures = 2;
    const { log, codes } = open([sink]);
    for (const event of numbered(3)) log.sink(event);
    await log.flush();
    expect(idsOf(sink.records)).toEqual([0, 1, 2]);
    expect([log.lost, codes()]).toEqual([0, ['write_failed']]);
  });

  it('gives a batch up after five attempts, and says so in its place', async () => {
    const sink = new TestSink();
    sink.failures = 5;
    const { log, errors } = open([sink]);
    for (const event of numbered(3)) log.sink(event);
    await new Promise((resolve) => setImmediate(resolve));
    for (const event of numbered(2, 3)) log.sink(event);
    await log.flush();
    expect(idsOf(sink.records)).toEqual(['lost 3', 3, 4]);
    expect(log.lost).toBe(3);
    expect(errors.at(-1)).toMatchObject({ code: 'events_lost', count: 3 });
  });

  it('keeps the count while not even it can be written, and counts no event twice', async () => {
    const sink = new TestSink();
    sink.error = new AuditError('delivery_failed', 'refused for good');
    sink.failures = 4;
    const { log } = open([sink]);
    for (const event of numbered(3)) log.sink(event);
    await log.flush();
    for (const event of numbered(2, 3)) log.sink(event);
    await log.flush();
    expect([log.lost, sink.records]).toEqual([5, []]);
    for (const event of numbered(1, 5)) log.sink(event);
    await log.flush();
    expect(idsOf(sink.records)).toEqual(['lost 5', 5]);
    expect([log.lost, sink.records[0]?.from, sink.records[0]?.to]).toEqual([
      5,
      '2026-03-01T12:00:00.000Z',
      '2026-03-01T12:00:00.004Z',
    ]);
  });

  it('closes after everything is written, and takes no more', async () => {
    const sink = new TestSink();
    const { log, codes } = open([sink]);
    for (const event of numbered(3)) log.sink(event);
    expect(await log.close()).toEqual({ lost: 0, unwritten: [] });
    expect([sink.records.length, sink.isClosed]).toEqual([3, true]);
    log.sink(accepted());
    log.sink(accepted());
    expect(codes()).toEqual(['closed']);
    expect(await log.close()).toEqual({ lost: 0, unwritten: [] });
  });

  it('closes in time when a sink hangs, and says what is missing', async () => {
    const [hanging, quick] = [new TestSink('hanging'), new TestSink('quick')];
    hanging.hold();
    const { log, errors } = open([hanging, quick], { closeTimeoutMs: 20 });
    for (const event of numbered(300)) log.sink(event);
    expect(await log.close()).toEqual({ lost: 0, unwritten: [{ sink: 'hanging', count: 300 }] });
    expect(quick.records).toHaveLength(300);
    expect(errors).toMatchObject([{ code: 'close_incomplete', sink: 'hanging', count: 300 }]);
    hanging.release();
  });

  it('stays out of the way of a call when the handler of errors throws', async () => {
    const sink = new TestSink();
    sink.failures = 1;
    const onError = (): never => {
      throw new Error('from the handler');
    };
    const log = createAuditLog({ sinks: [sink], onError });
    log.sink(accepted());
    await log.flush();
    expect(sink.records).toHaveLength(1);
  });

  it('hands out redacted records only', async () => {
    const sink = new TestSink();
    const log = createAuditLog({ sinks: [sink], redact: ['agentName'] });
    log.sink(accepted());
    await log.flush();
    expect(sink.records[0]?.agentName).toBe('[redacted]');
  });

  it.each([{ sinks: [] }, { sinks: [new TestSink()], maxQueued: 0 }, { sinks: [new TestSink()], closeTimeoutMs: 1.5 }])(
    'refuses options that mean nothing (%#)',
    (options) => {
      expect(() => createAuditLog(options)).toThrow(expect.objectContaining({ code: 'option_invalid' }));
    },
  );
});

describe('a sink that writes at once', () => {
  it('has the record before the call goes on', () => {
    const written: AuditRecord[] = [];
    const sink = {
      name: 'now',
      write: () => Promise.resolve(),
      writeNow: (record: AuditRecord) => written.push(record),
    };
    createAuditLog({ sinks: [sink] }).sink(accepted());
    expect(written).toHaveLength(1);
  });

  it('gets later what it could not take at once, in order', async () => {
    const sink = new TestSink();
    let isFull = true;
    const writeNow = (record: AuditRecord): void => {
      if (isFull) throw new Error('full');
      sink.records.push(record);
    };
    const errors: AuditError[] = [];
    const log = createAuditLog({
      sinks: [{ name: 'now', write: (records) => sink.write(records), writeNow }],
      onError: (error) => errors.push(error),
    });
    const [first, second, third] = numbered(3);
    log.sink(first!);
    isFull = false;
    // The first still waits, so this one does too.
    log.sink(second!);
    expect(sink.records).toEqual([]);
    await log.flush();
    log.sink(third!);
    expect(idsOf(sink.records)).toEqual([0, 1, 2]);
    expect(errors).toMatchObject([{ code: 'write_failed', count: 1 }]);
  });
});
