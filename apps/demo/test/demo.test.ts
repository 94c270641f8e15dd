import { beforeAll, describe, expect, it } from 'vitest';
import type { Demonstration } from '../src/demonstration.js';
import { ALL_ATTACKS } from '../src/attacks/all-attacks.js';
import { runAttack } from '../src/attacks/run-attack.js';
import { World } from '../src/world/world.js';
import { runDemo } from './support/run-demo.js';
import type { Ended } from './support/run-demo.js';

describe('the demonstration, as it is run', () => {
  let outcome: Ended;
  let shown: Demonstration;

  beforeAll(async () => {
    outcome = await runDemo(['--json']);
    shown = JSON.parse(outcome.stdout) as Demonstration;
  });

  it('passes, and writes one JSON document', () => {
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(0);
    expect(shown.passed).toBe(true);
  });

  it('reaches servers from npm through mcps wrap, and an McpServer over HTTP', () => {
    expect(shown.honest.map(({ server, tools, peer }) => [server, tools, peer.level])).toEqual([
      ['@modelcontextprotocol/server-everything', 13, 1],
      ['@modelcontextprotocol/server-filesystem', 14, 1],
      ['McpServer of the official SDK', 1, 2],
    ]);
    expect(shown.honest.flatMap(({ calls }) => calls.map(({ answer }) => answer))).toEqual(
      expect.arrayContaining(['Echo: hello', 'The sum of 19 and 23 is 42.', 'Dear agent', '10 sent to alice']),
    );
  });

  it('has an authority cut off an agent in mid-session, for good, while another goes on', () => {
    const { authority } = shown;
    expect(authority).toMatchObject({
      issuer: 'demo-authority',
      agents: [
        { name: 'payroll', level: 2 },
        { name: 'billing', level: 2 },
      ],
      cutOff: { refused: { code: 'MCPS-003', reason: 'passport_revoked' }, gotThrough: 0 },
      reconnect: { code: 'MCPS-003', reason: 'passport_revoked' },
      faults: [],
    });
    const { heardAfterMs, refusedAfterMs, callsAfter, refusedByServer, other } = authority.cutOff;
    expect(heardAfterMs).toBeGreaterThan(0);
    expect(refusedAfterMs).toBeGreaterThan(0);
    expect(callsAfter).toBeGreaterThan(0);
    expect(refusedByServer).toBe(callsAfter + 1);
    expect(other.calls).toBeGreaterThan(0);
    expect(other.answered).toBe(other.calls);
  });

  it('has those turned away to whom the authority gives less than the server demands', () => {
    expect(shown.authority.turnedAway.map(({ agent, refused }) => [agent.name, agent.level, refused?.reason])).toEqual([
      ['passer-by', 1, 'level_insufficient'],
      ['unscanned', 2, 'level_insufficient'],
    ]);
  });

  it('ends what it has started, and leaves nothing behind', async () => {
    expect(outcome.leftBehind).toEqual([]);
    await expect(fetch(shown.authority.url)).rejects.toThrow('fetch failed');
  });

  it('has every attack refused by its check, and every one of them succeed without MCPS', () => {
    expect(shown.attacks.map(({ id, check }) => [id, check?.code, check?.reason])).toEqual(
      ALL_ATTACKS.flatMap(({ attacks }) => attacks.map(({ id, expected }) => [id, expected.code, expected.reason])),
    );
    for (const { id, secured, plain } of shown.attacks) {
      expect(secured.succeeded, `${id} with MCPS`).toBe(false);
      expect(plain.succeeded, `${id} without MCPS`).toBe(true);
    }
  });
});

describe('the demonstration, where something is wrong', () => {
  it('does not call an attack refused that got through', async () => {
    const attack = ALL_ATTACKS.flatMap(({ attacks }) => attacks).find(({ id }) => id === 'tampered-call');
    if (attack === undefined) throw new Error('There is no such attack');
    // A world in which security was asked for and is not there.
    const report = await runAttack(attack, () => World.create(false));
    expect(report).toMatchObject({ refused: false, check: undefined, secured: { succeeded: true } });
  });

  it('does not call an attack refused that failed for another reason', async () => {
    const attack = ALL_ATTACKS.flatMap(({ attacks }) => attacks).find(({ id }) => id === 'tampered-call');
    if (attack === undefined) throw new Error('There is no such attack');
    const report = await runAttack({ ...attack, expected: { code: 'MCPS-005', reason: 'nonce_repeated' } });
    expect(report).toMatchObject({ refused: false, check: { code: 'MCPS-004' } });
  });

  it('refuses arguments that it does not know', async () => {
    const { code, stderr } = await runDemo(['--jsn']);
    expect(code).toBe(1);
    expect(stderr).toContain("Unknown option '--jsn'");
  });

  it('explains itself', async () => {
    expect(await runDemo(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--json') as string });
  });
});
