import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { capture, run } from '../lib/process.mjs';
import { temporaryRepository } from './temporary-repository.mjs';

it('hands on the exit code, and turns a signal into one', async () => {
  expect(await run(process.execPath, ['-e', 'process.exitCode = 7'])).toBe(7);
  expect(await run(process.execPath, ['-e', 'process.kill(process.pid, "SIGTERM")'])).toBe(128 + 15);
});

it('ends what reaches the time limit, with all that it started', async () => {
  const folder = temporaryRepository({
    'child.mjs': `import { writeFileSync } from 'node:fs'; setTimeout(() => writeFileSync('late', ''), 2_500);`,
    'parent.mjs': `import { spawn } from 'node:child_process';
      spawn(process.execPath, ['child.mjs'], { stdio: 'inherit' }); setInterval(() => {}, 1_000);`,
  });
  expect(await run(process.execPath, ['parent.mjs'], { cwd: folder, timeLimitMs: 1_000 })).toBe(124);
  await sleep(2_500);
  expect(existsSync(join(folder, 'late'))).toBe(false);
});

it('rejects when there is no such command', async () => {
  await expect(run('no-such-command-here', [])).rejects.toThrow('ENOENT');
  await expect(capture('no-such-command-here', [])).rejects.toThrow('ENOENT');
});

it('keeps what is printed to the two streams apart', async () => {
  const result = await capture(process.execPath, ['-e', 'console.log("out"); console.error("err"); process.exit(3)']);
  expect(result).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
});

describe.skipIf(process.platform === 'win32')('a signal to whoever has started a command', () => {
  const runner = JSON.stringify(new URL('../lib/process.mjs', import.meta.url).href);
  const files = {
    // Says which signal it got first, and takes a while to end: whoever is graceful does.
    'server.mjs': `import { writeFileSync } from 'node:fs';
      const stop = (signal) => { writeFileSync('stopping', signal); setTimeout(() => { writeFileSync('stopped', ''); process.exit(3); }, 300); };
      process.once('SIGTERM', stop).once('SIGINT', stop);
      setInterval(() => {}, 1_000);
      writeFileSync('pid', String(process.pid));
      writeFileSync('started', '');`,
    'start.mjs': `import { run } from ${runner};
      process.exitCode = await run(process.execPath, ['server.mjs'], { cwd: process.cwd(), stdio: 'inherit', endsWithParent: true });`,
  };

  /**
   * @param {string} command
   * @param {string[]} args
   */
  async function start(command, args) {
    const folder = temporaryRepository(files);
    // A session of its own: no terminal controls it.
    const starter = spawn(command, args, { cwd: folder, stdio: 'ignore', detached: true });
    const ended = new Promise((resolve) => starter.once('close', resolve));
    await vi.waitUntil(() => existsSync(join(folder, 'started')), { timeout: 30_000 });
    onTestFinished(() => {
      try {
        process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
      } catch {
        // It has ended, as it should.
      }
    });
    return { folder, starter, ended };
  }

  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGTERM', 'SIGINT'];
  it.each(signals)('lets the command end in its own time: %s', async (signal) => {
    const { folder, starter, ended } = await start(process.execPath, ['start.mjs']);
    starter.kill(signal);
    expect(await ended).toBe(3);
    expect(existsSync(join(folder, 'stopped'))).toBe(true);
  });

  it('lets it end in its own time where the whole group is told, once more', async () => {
    const { folder, starter, ended } = await start(process.execPath, ['start.mjs']);
    process.kill(-(starter.pid ?? 0), 'SIGINT');
    expect(await ended).toBe(3);
    expect(existsSync(join(folder, 'stopped'))).toBe(true);
  });

  it('ends the command also where a shell stood between them', async () => {
    const { folder, starter } = await start('sh', ['-c', '"$0" start.mjs; exit $?', process.execPath]);
    starter.kill('SIGTERM');
    await vi.waitUntil(() => existsSync(join(folder, 'stopped')), { timeout: 30_000 });
    expect(readFileSync(join(folder, 'stopping'), 'utf8')).toBe('SIGTERM');
  });
});
