import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from '../support/mcps.js';
import { Running } from '../support/programs.js';

let work: Workspace;
let env: Record<string, string>;

beforeAll(() => {
  work = new Workspace();
  env = { MCPS_AUTHORITY_DATA_DIR: work.file('data'), MCPS_AUTHORITY_NAME: 'own', MCPS_AUTHORITY_PORT: '0' };
});
afterAll(() => work.remove());

describe('mcps authority', () => {
  it('runs the program of the authority, passes signals on, and ends as it does', async () => {
    const made = await work.run(['authority', 'init'], { env });
    expect(made.code).toBe(0);
    expect(made.stdout).toContain('admin token');
    const anchor = await work.run(['authority', 'anchor'], { env });
    expect(JSON.parse(anchor.stdout)).toMatchObject({ issuer: 'own' });
    const serving = Running.mcps(['authority', 'serve'], env);
    const url = await serving.printed(/listening at (\S+)/);
    expect(await work.json(['doctor', '--trust-authority', url])).toMatchObject({ healthy: true });
    expect(await serving.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect((await work.run(['authority', 'rotate-keys', 'nothing'], { env })).code).toBe(2);
  });
});
