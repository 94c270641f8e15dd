import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
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
