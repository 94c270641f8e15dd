import { exportPrivatePem, generateKeyPair } from '@mcps/crypto';
import { issuePassport } from '@mcps/protocol';
import type { IssuingRight, PassportSubject } from '@mcps/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from '../support/mcps.js';

let work: Workspace;

beforeAll(async () => {
  work = new Workspace();
  await work.json(['keygen', '--out', 'leaf.pem', '--public-out', 'leaf.pub']);
  const root = await generateKeyPair();
  const desk = await generateKeyPair({ extractable: true });
  work.write('anchors.json', [{ issuer: 'root', keys: [root.publicKey.jwk] }]);
  const issuing: IssuingRight = { depth: 0, level: 2, capabilities: ['read'] };
  const subject: PassportSubject = {
    name: 'desk',
    version: '1',
    publicKey: desk.publicKey,
    trustLevel: 2,
    issuing,
    capabilities: ['read'],
  };
  const passport = await issuePassport({ authority: { issuer: 'root', key: root.privateKey }, subject });
  work.write('desk.json', { passport, privateKey: await exportPrivatePem(desk.privateKey), chain: [] }, 0o600);
});
afterAll(() => work.remove());

const create = (...more: string[]) => [
  ...['passport', 'create', '--name', 'leaf', '--public-key', 'leaf.pub', '--authority', 'desk.json', ...more],
];

describe('mcps chain verify', () => {
  it('verifies a passport of somebody who was given the right to issue', async () => {
    const input = JSON.stringify(await work.json(create('--level', '2', '--capability', 'read')));
    const verified = await work.json(['chain', 'verify', '--anchors', 'anchors.json'], { input });
    expect(verified).toMatchObject({ valid: true, anchor: 'root', level: 2, chain: [{ agent: 'desk' }] });
    const { stdout } = await work.run(['chain', 'verify', '--anchors', 'anchors.json'], { input });
    expect(stdout).toMatch(/^root\s+anchor\n {2}asp_\w+\s+desk\s+level 2\n {4}asp_\w+\s+leaf\s+level 2\n$/);
  });

  it('issues and verifies nothing beyond that right', async () => {
    expect(await work.failure(create('--level', '3'))).toMatchObject({ exit: 2, reason: 'option_invalid' });
    expect(await work.failure(create('--capability', 'write'))).toMatchObject({ exit: 2, reason: 'option_invalid' });
  });

  it('refuses a chain that ends at nobody who is believed, or has a link exchanged', async () => {
    const passport = await work.json(create());
    const other = await generateKeyPair();
    work.write('others.json', [{ issuer: 'others', keys: [other.publicKey.jwk] }]);
    const refuse = (value: object, anchors = 'anchors.json') =>
      work.failure(['chain', 'verify', '--anchors', anchors], { input: JSON.stringify(value) });
    expect(await refuse(passport, 'others.json')).toMatchObject({ exit: 1, code: 'MCPS-009' });
    work.write('forged.json', [{ issuer: 'root', keys: [other.publicKey.jwk] }]);
    expect(await refuse(passport, 'forged.json')).toMatchObject({ exit: 1, code: 'MCPS-001' });
    expect(await refuse({ ...passport, issuer_chain: [] })).toMatchObject({ exit: 1 });
  });
});
