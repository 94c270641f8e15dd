import type { Readable, Writable } from 'node:stream';
import { ConfigurationError, McpsError } from '@mcps/protocol';
import manifest from '../../package.json' with { type: 'json' };
import { UsageError, readArguments } from './arguments.js';
import type { Environment, WrapSettings } from './arguments.js';
import { openAuditFile } from './audit-file.js';
import { childEnvironment } from './child-environment.js';
import { StartError } from './child-process.js';
import { loadSecurity } from './security.js';
import type { LoadedSecurity } from './security.js';
import { USAGE } from './usage.js';
import { wrap } from './wrap.js';

/** The parts of a process that the command works with. */
export interface WrapProcess {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  onSignal(signal: NodeJS.Signals, handler: () => void): () => void;
}

/** Runs `mcps-wrap` and returns its exit status. Every failure becomes one line on standard error. */
export async function main(process: WrapProcess): Promise<number> {
  try {
    const request = readArguments(process.argv, process.env);
    if (request.type === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    if (request.type === 'version') {
      process.stdout.write(`${manifest.version}\n`);
      return 0;
    }
    return await run(request.settings, process);
  } catch (error) {
    say(process.stderr, error);
    if (error instanceof UsageError) process.stderr.write('Try: mcps-wrap --help\n');
    return statusOf(error);
  }
}

async function run(settings: WrapSettings, process: WrapProcess): Promise<number> {
  const report = (error: Error): void => say(process.stderr, error);
  const audit = settings.auditFile === undefined ? undefined : openAuditFile(settings.auditFile, report);
  let security: LoadedSecurity | undefined;
  try {
    security = await loadSecurity(settings, { onAudit: audit?.sink, report });
    if (settings.observe) process.stderr.write('mcps-wrap: observe mode: faults are reported, nothing is refused\n');
    return await wrap(
      { command: settings.command, args: settings.commandArguments, env: childEnvironment(process.env) },
      security.config,
      {
        stdin: process.stdin,
        stdout: process.stdout,
        report,
        onSignal: (signal, handler) => process.onSignal(signal, handler),
      },
    );
  } finally {
    security?.close();
    audit?.close();
  }
}

function statusOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigurationError) return 2;
  if (error instanceof StartError) return error.exitCode;
  return 1;
}

/** One line, whatever a peer managed to get into an error's text. */
function say(stderr: Writable, error: unknown): void {
  stderr.write(`mcps-wrap: ${describe(error)}\n`);
}

const MAX_TEXT = 300;

function describe(error: unknown): string {
  if (error instanceof McpsError) return error.message;
  const text = error instanceof Error ? error.message : 'unknown failure';
  // eslint-disable-next-line no-control-regex -- control characters could drive the terminal that shows this line
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}
