import { ConfigurationError, systemClock } from '@mcps/protocol';
import type { AuditEvent, AuditSink, Clock } from '@mcps/protocol';
import { AuditError } from '../error.js';
import type { RedactableMember } from '../record/audit-record.js';
import { auditRecordOf } from '../record/audit-record-of.js';
import { redaction } from '../record/redaction.js';
import { checkCount } from './check-count.js';
import type { AuditRecordSink } from './record-sink.js';
import { SinkQueue } from './sink-queue.js';

export interface AuditLogOptions {
  /** Where the records go: each has its own queue, and none waits for another. At least one. */
  readonly sinks: readonly AuditRecordSink[];
  /** How many records may wait for one sink. Default 10,000. */
  readonly maxQueued?: number;
  /** Members whose values no sink gets to see: they are `[redacted]`. Default none: a record holds no content of messages. */
  readonly redact?: readonly RedactableMember[];
  /** How long `close` waits, milliseconds. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /** Is told of what fails and of what is lost. Default: a warning of the process, once for each sink and code. */
  readonly onError?: (error: AuditError) => void;
  readonly clock?: Clock;
}

/** What `close` could not do. */
export interface AuditCloseReport {
  /** Events that were lost since the log was opened, of the sink that lost most. */
  readonly lost: number;
  /** Records that a sink had not taken in time, by the sink's name; empty when all is written. */
  readonly unwritten: readonly { readonly sink: string; readonly count: number }[];
}

/** Distributes the events of MCPS to sinks. */
export interface AuditLog {
  /** Give this to `onAudit`. Never throws and never waits, but for sinks with `durability: 'sync'`. */
  readonly sink: AuditSink;
  /** Events that were lost, of the sink that lost most. */
  readonly lost: number;
  /** Resolves when every sink has taken what was told before, or given it up. Never rejects. */
  flush(): Promise<void>;
  /** Takes no more events, waits for the sinks within `closeTimeoutMs`, closes them, and says what is missing. Never rejects. */
  close(): Promise<AuditCloseReport>;
}

/** @throws ConfigurationError `option_invalid` */
export function createAuditLog(options: AuditLogOptions): AuditLog {
  const { sinks, redact = [], clock = systemClock } = options;
  const maxQueued = checkCount('maxQueued', options.maxQueued ?? 10_000);
  const closeTimeoutMs = checkCount('closeTimeoutMs', options.closeTimeoutMs ?? 5000);
  const isList: boolean = Array.isArray(sinks);
  if (!isList || sinks.length === 0) throw new ConfigurationError('option_invalid', 'An audit log needs a sink.');
  const redacted = redaction(redact);
  const onError = shielded(options.onError ?? warning());
  const queues = sinks.map((sink) => new SinkQueue(sink, { maxQueued, clock, onError }));
  const lost = (): number => Math.max(...queues.map((queue) => queue.lost));
  let closing: Promise<AuditCloseReport> | undefined;
  let isClosedTold = false;

  return {
    sink: (event: AuditEvent) => {
      if (closing !== undefined) {
        if (!isClosedTold) onError(new AuditError('closed', 'An event came after the audit log was closed.'));
        isClosedTold = true;
        return;
      }
      const record = redacted(auditRecordOf(event));
      for (const queue of queues) queue.push(record);
    },
    get lost() {
      return lost();
    },
    flush: async () => {
      await Promise.all(queues.map((queue) => queue.drained()));
    },
    close: () => {
      closing ??= closeAll(queues, closeTimeoutMs, onError).then((unwritten) => ({ lost: lost(), unwritten }));
      return closing;
    },
  };
}

async function closeAll(
  queues: readonly SinkQueue[],
  timeoutMs: number,
  onError: (error: AuditError) => void,
): Promise<AuditCloseReport['unwritten']> {
  const unwritten: { sink: string; count: number }[] = [];
  const closeOne = async (queue: SinkQueue): Promise<void> => {
    const isInTime = await within(timeoutMs, queue.hurried());
    const count = queue.pending;
    if (count > 0) {
      unwritten.push({ sink: queue.name, count });
      const message = `The audit sink ${queue.name} had not taken everything when the log was closed.`;
      onError(new AuditError('close_incomplete', message, { sink: queue.name, count }));
    }
    // A sink that is still at work is not closed under its own feet for long: whoever hangs, hangs here too.
    const isClosed = await within(isInTime ? timeoutMs : 0, closeQuietly(queue, onError));
    if (!isClosed && isInTime)
      onError(new AuditError('close_incomplete', `The audit sink ${queue.name} does not close.`, { sink: queue.name }));
  };
  await Promise.all(queues.map(closeOne));
  return unwritten;
}

async function closeQuietly(queue: SinkQueue, onError: (error: AuditError) => void): Promise<void> {
  try {
    await queue.closeSink();
  } catch (error) {
    const message = `The audit sink ${queue.name} could not be closed.`;
    onError(new AuditError('close_incomplete', message, { sink: queue.name, cause: error }));
  }
}

async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An error handler that throws does not become the fault of a call. */
function shielded(onError: (error: AuditError) => void): (error: AuditError) => void {
  return (error) => {
    try {
      onError(error);
    } catch {
      // Nobody is left to tell.
    }
  };
}

function warning(): (error: AuditError) => void {
  const told = new Set<string>();
  return ({ code, sink = '', message }) => {
    if (told.has(`${code} ${sink}`)) return;
    told.add(`${code} ${sink}`);
    process.emitWarning(message, { type: 'AuditWarning', code });
  };
}
