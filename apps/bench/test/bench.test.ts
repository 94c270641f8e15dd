import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../src/report/report.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

const NAMES = [
  'sign-verify',
  'canonical-json',
  'replay-store',
  'round-trip',
  'in-flight',
  'status-bitmap',
  'revocation',
  'verify-endpoint',
  'issuing',
];

describe('the benchmark, as it is run', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mcps-bench-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(NAMES)('measures %s, prints its table and writes its JSON', async (name) => {
    const file = join(folder, 'new', 'bench.json');
    const { code, stdout, stderr } = await run(['--quick', '--only', name, '--json', file]);
    expect(stderr).toBe(`measuring ${name} …\n`);
    expect(code).toBe(0);

    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    expect(report).toMatchObject({ version: 1, quick: true, machine: { node: process.versions.node } });
    expect(report.budgets.map((budget) => budget.name)).toEqual([name]);
    for (const { rows, absolutes } of report.budgets) {
      expect(rows.filter(({ bound }) => bound !== undefined).length).toBeGreaterThan(0);
      for (const { ratio, bound, verdict, what, subject, reference } of rows) {
        expect(ratio.median).toBeGreaterThan(0);
        expect(ratio.low).toBeLessThanOrEqual(ratio.median);
        expect(ratio.high).toBeGreaterThanOrEqual(ratio.median);
        expect(verdict).toBe(bound === undefined ? 'none' : 'inconclusive');
        expect(stdout).toContain(`${what}: ${subject} ÷ ${reference} `);
      }
      for (const absolute of absolutes) expect(absolute.median).toBeGreaterThan(0);
    }
  });

  it('refuses a command line that makes no sense, with an exit status of its own', async () => {
    const { code, stdout, stderr } = await run(['--only', 'speed']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('There is no budget "speed"');
  });

  it('explains itself', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of NAMES) expect(stdout).toContain(name);
  });
});
