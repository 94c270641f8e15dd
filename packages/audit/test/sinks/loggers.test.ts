import { Writable } from 'node:stream';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { SeverityNumber } from '@opentelemetry/api-logs';
import type { AuditEvent } from '@mcps/protocol';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { auditRecordOf, createAuditLog, openTelemetrySink, pinoSink } from '../../src/index.js';
import { AT_MS, accepted } from '../support/events.js';

const REFUSED: AuditEvent = {
  type: 'message.refused',
  atMs: AT_MS,
  role: 'server',
  code: 'MCPS-004',
  reason: 'signature_invalid',
  stage: 'signature',
  latencyMs: 0.5,
};

describe('records in pino', () => {
  it('are lines with the level that fits, and keep their own time', async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    const log = createAuditLog({ sinks: [pinoSink(pino({ base: null }, stream))] });
    log.sink(accepted());
    log.sink(REFUSED);
    await log.close();
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { level: 30, time: expect.any(Number) as number, audit: auditRecordOf(accepted()), msg: 'message.accepted' },
      { level: 40, time: expect.any(Number) as number, audit: auditRecordOf(REFUSED), msg: 'message.refused' },
    ]);
  });
});

describe('records in OpenTelemetry', () => {
  it('are log records with event name, time, severity and attributes', async () => {
    const exporter = new InMemoryLogRecordExporter();
    const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
    const log = createAuditLog({ sinks: [openTelemetrySink(provider.getLogger('mcps'))] });
    log.sink(accepted({ latencyMs: 1.5 }));
    log.sink(REFUSED);
    await log.close();
    await provider.forceFlush();
    const [first, second] = exporter.getFinishedLogRecords();
    expect(first).toMatchObject({
      eventName: 'mcps.message.accepted',
      hrTime: [AT_MS / 1000, 0],
      severityNumber: SeverityNumber.INFO,
      severityText: 'INFO',
      body: 'message.accepted',
      instrumentationScope: { name: 'mcps' },
    });
    expect(first?.attributes).toMatchObject({ 'mcps.agentName': 'assistant', 'mcps.level': 2, 'mcps.latencyMs': 1.5 });
    expect(second).toMatchObject({ severityNumber: SeverityNumber.WARN });
    expect(second?.attributes).toMatchObject({ 'mcps.code': 'MCPS-004', 'mcps.decision': 'refused' });
    await provider.shutdown();
  });
});
