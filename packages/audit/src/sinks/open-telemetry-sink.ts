import type { AuditRecordSink } from '../log/record-sink.js';
import { isWarning } from './pino-sink.js';

/** What is used of a `Logger` of @opentelemetry/api-logs. */
export interface OpenTelemetryLoggerLike {
  emit(record: {
    eventName: string;
    timestamp: number;
    severityNumber: number;
    severityText: string;
    body: string;
    attributes: Record<string, string | number>;
  }): void;
}

/** Severities of the OpenTelemetry log data model. */
const INFO = 9;
const WARN = 13;

/**
 * Records as log records of OpenTelemetry: event name `mcps.` and the event's type, its time, severity WARN for what was refused, reported or lost and INFO for the rest,
 * and each member as an attribute `mcps.…`. Export is the SDK's affair.
 */
export function openTelemetrySink(logger: OpenTelemetryLoggerLike): AuditRecordSink {
  return {
    name: 'opentelemetry',
    write: (records) => {
      for (const record of records) {
        const { time, event, ...members } = record;
        const attributes: Record<string, string | number> = {};
        for (const [name, value] of Object.entries<string | number>(members)) attributes[`mcps.${name}`] = value;
        logger.emit({
          eventName: `mcps.${event}`,
          timestamp: Date.parse(time),
          severityNumber: isWarning(record) ? WARN : INFO,
          severityText: isWarning(record) ? 'WARN' : 'INFO',
          body: event,
          attributes,
        });
      }
      return Promise.resolve();
    },
  };
}
