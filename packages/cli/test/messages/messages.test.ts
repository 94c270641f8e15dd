import { generateKeyPair } from '@mcps/crypto';
import { openEnvelope, signMessage } from '@mcps/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from '../support/mcps.js';

let work: Workspace;
const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read_file', arguments: { path: 'a' } } };
const input = JSON.stringify(call);
const signer = ['--passport', 'mcps/agent.json', '--anchors', 'mcps/anchors.json'];

beforeAll(async () => {
  work = new Workspace();
  await work.json(['init']);
});
afterAll(() => work.remove());

describe('mcps sign and verify', () => {
  it.each(['top-level', 'meta'])('verifies what it signed, with the envelope in %s', async (carrier) => {
    const sign = ['sign', '--identity', 'mcps/agent.json', '--carrier', carrier];
    const { stdout } = await work.run(sign, { input });
    expect(openEnvelope(JSON.parse(stdout))).toMatchObject({ carrier, kind: 'request' });
    const verified = await work.json(['verify', ...signer], { input: stdout });
    expect(verified).toMatchObject({ valid: true, agent: 'agent', level: 1, carrier, message: call });
  });

  it('is one line that other programs can take', async () => {
    const { stdout } = await work.run(['sign', '--identity', 'mcps/agent.json'], { input });
    expect(stdout.trimEnd()).not.toContain('\n');
  });

  it('refuses a changed message, another signer, an unsigned message and an old one', async () => {
    const { stdout } = await work.run(['sign', '--identity', 'mcps/agent.json'], { input });
    const verify = (value: string, ...more: string[]) => work.failure(['verify', ...signer, ...more], { input: value });
    expect(await verify(stdout.replace('read_file', 'drop_table'))).toMatchObject({
      exit: 1,
      code: 'MCPS-004',
      reason: 'signature_invalid',
    });
    const byServer = ['verify', '--passport', 'mcps/server.json', '--anchors', 'mcps/anchors.json'];
    expect(await work.failure(byServer, { input: stdout })).toMatchObject({ exit: 1, code: 'MCPS-004' });
    expect(await verify(input)).toMatchObject({ exit: 1, code: 'MCPS-004', reason: 'envelope_missing' });
    expect(await work.failure(['verify', '--passport', 'mcps/agent.json'], { input: stdout })).toMatchObject({
      exit: 1,
      code: 'MCPS-009',
    });
  });

  it('refuses a message of yesterday, unless it is told not to look at its age', async () => {
    const { passport, privateKey } = work.readJson('mcps/agent.json');
    const { importPrivateKey } = await import('@mcps/crypto');
    const key = await importPrivateKey(privateKey);
    const clock = () => Date.now() - 86_400_000;
    const { message } = await signMessage(call, { passportId: passport.passport_id, key, clock });
    const old = { input: JSON.stringify(message) };
    expect(await work.failure(['verify', ...signer], old)).toMatchObject({
      code: 'MCPS-006',
      reason: 'timestamp_too_old',
    });
    expect(await work.json(['verify', ...signer, '--any-age'], old)).toMatchObject({ valid: true });
    expect(await work.json(['verify', ...signer, '--max-age', '2d'], old)).toMatchObject({ valid: true });
  });

  it('refuses a message that names another passport than the one of its key', async () => {
    const { privateKey } = work.readJson('mcps/agent.json');
    const { importPrivateKey } = await import('@mcps/crypto');
    const key = await importPrivateKey(privateKey);
    const { message } = await signMessage(call, { passportId: `asp_${'0'.repeat(32)}`, key });
    expect(await work.failure(['verify', ...signer], { input: JSON.stringify(message) })).toMatchObject({
      exit: 1,
      code: 'MCPS-001',
      reason: 'passport_id_mismatch',
    });
  });

  it('verifies with a bare key, which is trusted as it is', async () => {
    const { stdout } = await work.run(['sign', '--identity', 'mcps/agent.json'], { input });
    expect(
      await work.json(['verify', '--public-key', 'mcps/agent.json'], { input: stdout }).catch(() => 'refused'),
    ).toBe('refused');
    work.write('agent.pub', JSON.stringify(work.readJson('mcps/agent.json').passport));
    expect(await work.json(['verify', '--public-key', 'agent.pub'], { input: stdout })).toMatchObject({ valid: true });
    const { publicKey } = await generateKeyPair();
    work.write('other.pub', JSON.stringify(publicKey.jwk));
    expect(await work.failure(['verify', '--public-key', 'other.pub'], { input: stdout })).toMatchObject({ exit: 1 });
  });

  it('holds a message to the channel that it was signed for', async () => {
    const sign = ['sign', '--identity', 'mcps/agent.json', '--channel-binding', 'tls-exporter-value'];
    const { stdout } = await work.run(sign, { input });
    const bound = ['verify', ...signer, '--channel-binding'];
    expect(await work.json([...bound, 'tls-exporter-value'], { input: stdout })).toMatchObject({ valid: true });
    expect(await work.failure([...bound, 'another'], { input: stdout })).toMatchObject({ exit: 1, code: 'MCPS-004' });
  });

  it('refuses identities that others can read, and repeats nothing of what is in a file', async () => {
    work.write('open.json', work.read('mcps/agent.json'), 0o644);
    expect(await work.failure(['sign', '--identity', 'open.json'], { input })).toMatchObject({
      exit: 2,
      reason: 'file_mode',
    });
    work.write('broken.json', work.read('mcps/agent.json').replace('"privateKey"', 'privateKey'), 0o600);
    const { stderr } = await work.run(['sign', '--identity', 'broken.json'], { input });
    expect(stderr).toContain('identity file');
    expect(stderr).not.toContain('BEGIN');
  });
});

describe('what every command has in common', () => {
  it('tells its version and helps, with success; and helps where nothing is asked, without', async () => {
    expect((await work.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await work.run(['--help'])).toMatchObject({ code: 0, stderr: '' });
    expect(await work.run(['passport', '--help'])).toMatchObject({ code: 0, stderr: '' });
    expect(await work.run([])).toMatchObject({ code: 2, stdout: '' });
    expect(await work.failure(['nonsense'])).toMatchObject({ exit: 2, code: 'usage', reason: 'unknown_command' });
  });

  it('writes failures as text with code and next step, and without colours where there is no terminal', async () => {
    const { stdout, stderr } = await work.run(['verify', ...signer], { input, env: { FORCE_COLOR: '1' } });
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'mcps: MCPS-004 No acceptable message signature (envelope_missing)\n' +
        '  The message is not signed: sign it with "mcps sign", or secure its sender with "mcps connect" or "mcps wrap".\n',
    );
  });
});
