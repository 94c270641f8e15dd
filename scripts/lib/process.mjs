import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './root.mjs';
import { toolEnvironment } from './environment.mjs';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] defaults to the repository
 * @property {NodeJS.ProcessEnv} [env] defaults to {@link toolEnvironment}
 * @property {import('node:child_process').StdioOptions} [stdio] defaults to no input, output passed through
 * @property {number} [timeLimitMs] ends the process and all it started when it is reached
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
    // The terminal sends Ctrl-C to the whole foreground group: the child has it already, unless it has its own group.
    const onInterrupt = () => {
      if (limited) send('SIGINT');
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
    const settle = () => {
      clearTimeout(timer);
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
