import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { root } from './root.mjs';
import { toolEnvironment } from './environment.mjs';

/** How soon a command with `endsWithParent` is told that the parent has gone. */
const PARENT_INTERVAL_MS = 500;

/** As early as can be: the parent may go while something else is under way. */
const parentAtStart = process.ppid;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] defaults to the repository
 * @property {NodeJS.ProcessEnv} [env] defaults to {@link toolEnvironment}
 * @property {import('node:child_process').StdioOptions} [stdio] defaults to no input, output passed through
 * @property {number} [timeLimitMs] ends the process and all it started when it is reached
 * @property {boolean} [endsWithParent] passes SIGTERM on also when whoever started this process has gone. npm runs scripts through a shell, and a SIGTERM
 *   that reaches npm ends that shell, which tells nobody.
 */

/**
 * Runs a command to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>} the exit code; 128 + the signal's number when a signal ended it; 124 at the time limit
 */
export function run(command, args, options = {}) {
  const limited = options.timeLimitMs !== undefined && process.platform !== 'win32';
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? toolEnvironment(),
      stdio: options.stdio ?? ['ignore', 'inherit', 'inherit'],
      // A group of its own is what lets the time limit reach grandchildren (a browser, a server).
      detached: limited,
      shell: process.platform === 'win32' && command === 'npx',
    });
    let timedOut = false;

    /** @param {NodeJS.Signals} signal */
    const send = (signal) => {
      try {
        if (limited && child.pid !== undefined) process.kill(-child.pid, signal);
        else child.kill(signal);
      } catch {
        // It has ended already.
      }
    };
    // The terminal sends Ctrl-C to the whole foreground group: the child has it already, unless it has its own group. Without a terminal somebody has sent
    // it to this process, and perhaps to the child as well, for whom a second SIGINT may mean to drop everything: SIGTERM says the same without that.
    const onInterrupt = () => {
      if (limited) send('SIGINT');
      else if (!hasTerminal()) send('SIGTERM');
    };
    const onTerminate = () => send('SIGTERM');
    process.on('SIGINT', onInterrupt);
    process.on('SIGTERM', onTerminate);
    const timer = limited
      ? setTimeout(() => {
          timedOut = true;
          send('SIGKILL');
        }, options.timeLimitMs)
      : undefined;
    const parentWatch =
      options.endsWithParent === true
        ? setInterval(() => {
            if (process.ppid === parentAtStart) return;
            clearInterval(parentWatch);
            send('SIGTERM');
          }, PARENT_INTERVAL_MS)
        : undefined;
    const settle = () => {
      clearTimeout(timer);
      clearInterval(parentWatch);
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    };

    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('close', (code, signal) => {
      settle();
      if (timedOut) resolve(124);
      else resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal]));
    });
  });
}

/** Whether a terminal controls this process, and sends it Ctrl-C. */
function hasTerminal() {
  if (process.platform === 'win32') return true;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a command and collects what it prints.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? toolEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && command === 'npx',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}
