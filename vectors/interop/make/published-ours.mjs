// What this library signs in the published format, for the Python package to judge.
import { exportPublicPem, generateKeyPair } from '../../../packages/crypto/dist/index.node.js';
import {
  createPassport,
  createTranscriptBinding,
  previousKeyHash,
  signMessage,
  signPassport,
  signToolDefinition,
} from '../../../packages/protocol/dist/index.js';
import { expectSame, faultOf } from './expect.mjs';

const OK = { ok: true };
const ROOT = 'interop.mcps.test';
const PASSPORT_ID = `asp_${'c3'.repeat(16)}`;

export async function makeOurKeys() {
  const names = ['agent', 'root', 'first', 'old'];
  const pairs = await Promise.all(names.map(() => generateKeyPair()));
  return Object.fromEntries(names.map((name, index) => [name, pairs[index]]));
}

async function messages(cases, keys) {
  const rows = [];
  for (const { name, message, channelBinding, difference, textCode, ours } of cases) {
    // A number that a double cannot hold was another number before it reached us.
    if (difference === 'number-range') continue;
    const options = {
      passportId: PASSPORT_ID,
      key: keys.agent.privateKey,
      ...(channelBinding ? { channelBinding } : {}),
    };
    if (difference === 'not-signable') {
      expectSame(name, await faultOf(() => signMessage(message, options)), 'message_not_canonical');
      continue;
    }
    const signed = await signMessage(message, options);
    const strict = textCode === undefined ? {} : { expected_from_text: { code: textCode } };
    const wire = JSON.stringify(signed.message);
    rows.push({
      name,
      channel_binding: channelBinding ?? null,
      wire,
      message_hash: signed.messageHash,
      expected: OK,
      ...strict,
      ...ours,
    });
  }
  return rows;
}

async function tools(cases, keys) {
  const rows = [];
  for (const { name, tool, authorOrigin, difference } of cases) {
    const { signature, toolHash } = await signToolDefinition(
      tool,
      keys.agent.privateKey,
      authorOrigin ? { authorOrigin } : {},
    );
    const refused = difference === undefined ? {} : { difference, package_verifies: false };
    rows.push({
      name,
      wire: JSON.stringify(tool),
      author_origin: authorOrigin ?? null,
      signature,
      tool_hash: toolHash,
      expected: OK,
      ...refused,
    });
  }
  return rows;
}

async function transcripts(cases, keys) {
  const rows = [];
  for (const { name, client, server, difference } of cases) {
    const { transcript_hash, transcript_signature } = await createTranscriptBinding(
      client,
      server,
      keys.agent.privateKey,
    );
    const refused = difference === undefined ? {} : { difference, package_verifies: false };
    rows.push({
      name,
      client: JSON.stringify(client),
      server: JSON.stringify(server),
      transcript_hash,
      transcript_signature,
      expected: OK,
      ...refused,
    });
  }
  return rows;
}

async function passports(keys) {
  const publicKey = keys.agent.publicKey;
  const base = { name: 'agent', version: '1.0.0', publicKey, ttlSeconds: 86_400 };
  const issue = (options, key = keys.root.privateKey, more = {}) =>
    signPassport(createPassport({ ...base, issuer: ROOT, ...options }), key, more);
  const first = await signPassport(
    createPassport({
      ...base,
      name: 'Regional Authority',
      publicKey: keys.first.publicKey,
      issuer: ROOT,
      trustLevel: 2,
      ttlSeconds: 30 * 86_400,
      issuing: { depth: 0, level: 2, capabilities: ['*'] },
    }),
    keys.root.privateKey,
  );
  const rows = [];
  const add = (name, signing_key, passport, more = {}) =>
    rows.push({
      name,
      signing_key,
      wire: JSON.stringify(passport),
      expected_origin: null,
      expected: OK,
      package_verifies: true,
      ...more,
    });

  add('self-signed', 'agent', await signPassport(createPassport({ ...base, issuer: 'self' }), keys.agent.privateKey));
  add('issued', 'root', await issue({}));
  add(
    'issued-with-everything',
    'root',
    await issue({
      name: 'agent ✓ 代理',
      origin: 'https://agent.example.com:8443',
      capabilities: ['tools/call', 'größe'],
      trustLevel: 2,
      minVersion: '1.0',
      statusIndex: 7,
    }),
    { expected_origin: 'https://agent.example.com:8443/mcp' },
  );
  add('scan-results', 'root', await issue({ scan: { score: 97, ratio: 0.75, findings: [] } }));
  add(
    'rotated-key',
    'root',
    await issue({
      keyRotation: {
        previous_key_hash: await previousKeyHash(keys.old.publicKey.jwk),
        rotated_at: new Date().toISOString(),
      },
    }),
  );
  add(
    'chain-of-one',
    'first',
    await issue({ issuer: first.passport_id, trustLevel: 2 }, keys.first.privateKey, { issuerChain: [first] }),
  );
  add('scan-with-small-exponent', 'root', await issue({ scan: { risk: 1e-7 } }), {
    difference: 'number-form',
    package_verifies: false,
  });
  add('scan-member-names-beyond-the-bmp', 'root', await issue({ scan: { '\uff5e': 1, '😀': 2 } }), {
    difference: 'key-order',
    package_verifies: false,
  });
  return rows;
}

/** Everything this library signs, and the PEM forms that the Python side wants keys in. */
export async function signPublished(cases, keys) {
  const pem = {};
  for (const [name, pair] of Object.entries(keys)) pem[name] = await exportPublicPem(pair.publicKey);
  return {
    pem,
    trustStore: { [ROOT]: pem.root },
    messages: await messages(cases.messages, keys),
    tools: await tools(cases.tools, keys),
    transcripts: await transcripts(cases.transcripts, keys),
    passports: await passports(keys),
  };
}
