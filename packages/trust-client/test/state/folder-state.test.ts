import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '@mcps/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderState } from '../../src/node.js';

const HERE = dirname(fileURLToPath(import.meta.url));
let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'mcps-state-'));
  folder = join(parent, 'state');
});

afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const files = () => readdirSync(folder).sort();

describe('a state folder', () => {
  it('keeps what it is given, for its owner only', async () => {
    const state = await FolderState.open(folder);
    expect(await state.load('list-1')).toBeUndefined();
    await state.update('list-1', (current) => {
      expect(current).toBeUndefined();
      return 'one';
    });
    expect(await (await FolderState.open(folder)).load('list-1')).toBe('one');
    expect([modeOf(folder), modeOf(join(folder, 'list-1'))]).toEqual(['700', '600']);
    expect(files()).toEqual(['list-1']);
  });

  it('leaves what it has as it is where nothing new is to be kept', async () => {
    const state = await FolderState.open(folder);
    await state.update('n', () => 'one');
    await state.update('n', () => undefined);
    const refusal = new Error('older than what is kept');
    const refused = state.update('n', () => {
      throw refusal;
    });
    await expect(refused).rejects.toBe(refusal);
    expect(await state.load('n')).toBe('one');
    expect(files()).toEqual(['n']);
  });

  it('lets one change after the other see what the one before has made', async () => {
    const state = await FolderState.open(folder);
    await Promise.all(Array.from({ length: 50 }, () => state.update('n', (n) => String(Number(n ?? 0) + 1))));
    expect(await state.load('n')).toBe('50');
  });

  it('is shared by processes, none of which undoes what another has done', async () => {
    await FolderState.open(folder);
    const children = [1, 2, 3].map(() => fork(join(HERE, 'count.mjs'), [folder, '40'], { stdio: 'inherit' }));
    for (const child of children) {
      const [code] = child.exitCode === null ? ((await once(child, 'exit')) as [number]) : [child.exitCode];
      expect(code).toBe(0);
    }
    expect(readFileSync(join(folder, 'n'), 'utf8')).toBe('120');
  });

  it('is whole after its writer was killed at any moment', async () => {
    const state = await FolderState.open(folder);
    for (let round = 0; round < 5; round++) {
      const child = fork(join(HERE, 'count.mjs'), [folder, '100000'], { stdio: 'ignore' });
      while (!existsSync(join(folder, 'n'))) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 20 + 17 * round));
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      expect(await state.load('n')).toMatch(/^[1-9]\d*$/);
      const lock = join(folder, 'n.lock');
      if (existsSync(lock)) utimesSync(lock, 0, 0);
    }
    // The lock that the dead left behind holds nobody up for ever.
    const before = Number(await state.load('n'));
    writeFileSync(join(folder, 'n.lock'), '');
    utimesSync(join(folder, 'n.lock'), 0, 0);
    await state.update('n', (n) => String(Number(n) + 1));
    expect(await state.load('n')).toBe(String(before + 1));
  });
});

describe('a state folder that cannot be trusted is refused', () => {
  it('where others can write to it', async () => {
    await FolderState.open(folder);
    chmodSync(folder, 0o777);
    await expect(FolderState.open(folder)).rejects.toThrow(ConfigurationError);
    chmodSync(folder, 0o770);
    await expect(FolderState.open(folder)).rejects.toThrow(ConfigurationError);
  });

  it('where it is a file, or cannot be made', async () => {
    writeFileSync(folder, '');
    await expect(FolderState.open(folder)).rejects.toThrow(ConfigurationError);
    await expect(FolderState.open(join(folder, 'below'))).rejects.toThrow(ConfigurationError);
  });

  it('where others can write to a file', async () => {
    const state = await FolderState.open(folder);
    await state.update('n', () => '7');
    chmodSync(join(folder, 'n'), 0o666);
    await expect(state.load('n')).rejects.toMatchObject({ name: 'TrustClientError', code: 'state_unavailable' });
    await expect(state.update('n', () => '8')).rejects.toMatchObject({ code: 'state_unavailable' });
  });

  it('where a file stands elsewhere, or is a folder', async () => {
    const state = await FolderState.open(folder);
    writeFileSync(join(parent, 'elsewhere'), '7', { mode: 0o600 });
    symlinkSync(join(parent, 'elsewhere'), join(folder, 'n'));
    await expect(state.load('n')).rejects.toMatchObject({ code: 'state_unavailable' });
    symlinkSync(parent, join(folder, 'm'));
    await expect(state.load('m')).rejects.toMatchObject({ code: 'state_unavailable' });
  });

  it('where it has vanished: what cannot be written must not be acted upon', async () => {
    const state = await FolderState.open(folder);
    rmSync(folder, { recursive: true });
    await expect(state.update('n', () => '1')).rejects.toMatchObject({ code: 'state_unavailable' });
  });

  it.each(['', '../n', 'a/b', 'N', 'a.b', 'x'.repeat(121)])('under a name that is none: %j', async (name) => {
    const state = await FolderState.open(folder);
    await expect(state.load(name)).rejects.toThrow(TypeError);
    await expect(state.update(name, () => '1')).rejects.toThrow(TypeError);
  });
});
