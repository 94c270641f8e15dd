import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from '../support/mcps.js';

let work: Workspace;

beforeAll(async () => {
  work = new Workspace();
  await work.json(['init']);
  await work.json(['init', 'elsewhere']);
  await work.json(['keygen', '--out', 'key.pem', '--public-out', 'key.pub']);
});
afterAll(() => work.remove());

const anchors = ['--anchors', 'mcps/anchors.json'];

describe('mcps passport create and sign', () => {
  it('issues at once, what was asked for', async () => {
    const passport = await work.json([
      ...['passport', 'create', '--name', 'mailer', '--agent-version', '2.1.0', '--public-key', 'key.pub'],
      ...['--capability', 'send', '--capability', 'read', '--level', '2', '--ttl', '12h'],
      ...['--origin', 'https://app.example', '--authority', 'mcps/authority.json'],
    ]);
    expect(passport).toMatchObject({
      agent: { name: 'mailer', version: '2.1.0', capabilities: ['send', 'read'] },
      trust_level: 2,
      origin: 'https://app.example',
      issuer: 'local-authority',
    });
    expect(Date.parse(passport.expires_at) - Date.parse(passport.issued_at)).toBe(12 * 3_600_000);
    const input = JSON.stringify(passport);
    expect(await work.json(['passport', 'verify', '-', ...anchors], { input })).toMatchObject({
      valid: true,
      level: 2,
    });
  });

  it('signs what was created unsigned, through standard input and output', async () => {
    const created = await work.run([
      ...['passport', 'create', '--name', 'piped', '--public-key', 'key.pub', '--issuer', 'local-authority'],
    ]);
    expect(JSON.parse(created.stdout).signature).toBeUndefined();
    const sign = ['passport', 'sign', '--authority', 'mcps/authority.json', '--out', 'piped.json'];
    expect((await work.run(sign, { input: created.stdout })).code).toBe(0);
    expect(await work.json(['passport', 'verify', 'piped.json', ...anchors])).toMatchObject({ standing: 'anchored' });
  });

  it('signs for no issuer but the one that the passport names', async () => {
    const create = ['passport', 'create', '--name', 'a', '--public-key', 'key.pub', '--issuer', 'another'];
    const { stdout: input } = await work.run(create);
    const sign = ['passport', 'sign', '--authority', 'mcps/authority.json'];
    expect(await work.failure(sign, { input })).toMatchObject({ exit: 2, reason: 'issuer_differs' });
    expect(await work.failure(['passport', 'sign', '--key', 'key.pem'], { input })).toMatchObject({ exit: 2 });
  });

  it('signs passports that vouch for themselves, which count for level 0', async () => {
    const { stdout: input } = await work.run(['passport', 'create', '--name', 'me', '--key', 'key.pem']);
    const signed = await work.json(['passport', 'sign', '--key', 'key.pem'], { input });
    const verify = ['passport', 'verify', '-', ...anchors];
    const given = { input: JSON.stringify(signed) };
    expect(await work.failure(verify, given)).toMatchObject({ exit: 1, code: 'MCPS-009' });
    expect(await work.json([...verify, '--min-trust-level', '0'], given)).toMatchObject({
      standing: 'self-signed',
      level: 0,
    });
  });

  it('refuses what no verifier would accept, and calls that contradict themselves', async () => {
    const create = ['passport', 'create', '--name', 'a', '--public-key', 'key.pub'];
    expect(await work.failure([...create, '--origin', 'not an origin'])).toMatchObject({
      exit: 2,
      reason: 'option_invalid',
    });
    expect(await work.failure([...create, '--ttl', 'soon'])).toMatchObject({ exit: 2, reason: 'invalid_argument' });
    expect(await work.failure([...create, '--level', '5'])).toMatchObject({ exit: 2, reason: 'invalid_argument' });
    expect(await work.failure([...create, '--issuer', 'x', '--authority', 'y'])).toMatchObject({ exit: 2 });
    expect(await work.failure(['passport', 'create', '--name', 'a'])).toMatchObject({
      exit: 2,
      reason: 'option_missing',
    });
  });
});

describe('mcps passport verify', () => {
  it('refuses a forgery, a changed passport, an expired one and a stranger, each with its code', async () => {
    const { passport } = work.readJson('mcps/agent.json');
    const verify = (value: object, ...more: string[]) =>
      work.failure(['passport', 'verify', ...anchors, ...more], { input: JSON.stringify(value) });
    const forged = work.readJson('elsewhere/agent.json').passport;
    expect(await verify(forged)).toMatchObject({ exit: 1, code: 'MCPS-001', reason: 'passport_signature_invalid' });
    expect(await verify({ ...passport, trust_level: 4 })).toMatchObject({ exit: 1, code: 'MCPS-001' });
    expect(await verify(passport, '--origin', 'https://b.example')).toMatchObject({ exit: 1, code: 'MCPS-011' });
    expect(await verify(passport, '--min-trust-level', '2')).toMatchObject({ exit: 1, code: 'MCPS-009' });
    const create = [
      'passport',
      'create',
      '--name',
      's',
      '--public-key',
      'key.pub',
      '--authority',
      'mcps/authority.json',
    ];
    const short = await work.json([...create, '--ttl', '1s']);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(short.expires_at) - Date.now() + 50)));
    expect(await verify(short)).toMatchObject({ exit: 1, code: 'MCPS-002', reason: 'passport_expired' });
  });

  it('says what it read is no passport, and repeats nothing of it', async () => {
    const failed = await work.failure(['passport', 'verify'], { input: '{"a":1,"a":2}' });
    expect(failed).toMatchObject({ exit: 1, code: 'json', reason: 'json_duplicate_key' });
    expect(await work.failure(['passport', 'verify'], { input: '{"a":1}' })).toMatchObject({ code: 'MCPS-001' });
    expect(await work.failure(['passport', 'verify', 'missing.json'])).toMatchObject({
      exit: 2,
      reason: 'file_unreadable',
    });
  });
});

describe('mcps passport inspect', () => {
  it('shows what a passport says, and that nothing is verified', async () => {
    const { stdout, stderr } = await work.run(['passport', 'inspect', 'elsewhere/agent.json']);
    expect(stdout).toContain('local-authority');
    expect(stderr).toContain('Nothing of this is verified');
    const shown = await work.json(['passport', 'inspect', 'mcps/agent.json']);
    expect(shown).toMatchObject({ verified: false, passport: { agent: { name: 'agent' } } });
    expect(JSON.stringify(shown)).not.toContain('PRIVATE');
  });

  it('lets nothing in a passport drive the terminal', async () => {
    const { passport } = work.readJson('mcps/agent.json');
    const input = JSON.stringify({ ...passport, agent: { ...passport.agent, capabilities: ['a\u202eb', 'c\u200bd'] } });
    const { stdout } = await work.run(['passport', 'inspect'], { input });
    expect(stdout).toContain('a b, c d');
    // eslint-disable-next-line no-control-regex -- that they are not there is the point
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('mcps passport renew, with an authority on this machine', () => {
  it('makes a successor with a new id and the same key, as an identity for its owner alone', async () => {
    const renew = ['passport', 'renew', '--identity', 'mcps/agent.json', '--authority', 'mcps/authority.json'];
    expect(await work.failure(renew)).toMatchObject({ exit: 2 });
    const renewed = await work.json([...renew, '--ttl', '7d', '--out', 'renewed.json']);
    const [before, after] = [work.readJson('mcps/agent.json'), work.readJson('renewed.json')];
    expect(renewed).toMatchObject({ supersedes: before.passport.passport_id, passportId: after.passport.passport_id });
    expect(after.passport.passport_id).not.toBe(before.passport.passport_id);
    expect(after).toEqual({ ...before, passport: after.passport });
    expect(after.passport.public_key).toEqual(before.passport.public_key);
    expect(work.mode('renewed.json')).toBe(0o600);
    expect(await work.json(['passport', 'verify', 'renewed.json', ...anchors])).toMatchObject({ valid: true });
  });

  it('leaves an encrypted key encrypted', async () => {
    const identity = work.readJson('mcps/agent.json');
    const pem = createPrivateKey(identity.privateKey);
    const passphrase = 'correct horse battery';
    const encrypted = pem.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
    work.write('sealed.json', { ...identity, privateKey: encrypted }, 0o600);
    const renew = ['passport', 'renew', '--identity', 'sealed.json', '--authority', 'mcps/authority.json'];
    const env = { MCPS_PASSPHRASE: passphrase };
    expect(await work.failure([...renew, '--out', 'out.json'])).toMatchObject({ reason: 'passphrase_missing' });
    await work.json([...renew, '--out', 'out.json'], { env });
    expect(work.readJson('out.json').privateKey).toBe(encrypted);
  });
});
