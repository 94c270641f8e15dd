import { generateKeyPair } from '@mcps/crypto';
import { checkStatus, issuePassport, passportDigest, signStatus, verifyPassport } from '@mcps/protocol';
import { expect, it } from 'vitest';
import { createTrustClient, createWebhookHandler } from '../../src/index.js';

it('a client asks its authority, with whatever fetch it is given', async () => {
  const authority = await generateKeyPair();
  const agent = await generateKeyPair();
  const passport = await issuePassport({
    authority: { issuer: 'authority.example', key: authority.privateKey },
    subject: { name: 'agent', version: '1.0.0', publicKey: agent.publicKey },
  });
  const digest = await passportDigest(passport);
  const asked: string[] = [];
  const client = await createTrustClient({
    authorities: [
      {
        urls: 'https://authority.example',
        trustAnchor: { issuer: 'authority.example', keys: [authority.publicKey] },
      },
    ],
    subscribe: false,
    fetch: async (url) => {
      asked.push(url);
      const status = await signStatus(
        {
          authority: 'authority.example',
          passportId: passport.passport_id,
          passportDigest: digest,
          status: 'VALID',
          epoch: 0,
          treeHead: { tree_size: 1, root_hash: 'ab'.repeat(32) },
        },
        authority.privateKey,
      );
      return Response.json(status);
    },
  });
  const verified = await verifyPassport(passport, { anchors: client.anchors });
  expect((await checkStatus(verified, client)).fresh).toBe(true);
  expect((await checkStatus(verified, client)).fresh).toBe(true);
  expect(asked).toEqual([`https://authority.example/api/verify/${passport.passport_id}`]);
  await client.close();
});

it('a webhook is verified by the runtime’s own HMAC', async () => {
  // The example of Standard Webhooks.
  const handler = await createWebhookHandler(
    { secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], clock: () => 1_614_265_330_000 },
    async () => true,
  );
  const headers = {
    'content-type': 'application/json',
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const post = async (body: string) =>
    (await handler(new Request('https://relying-party.example/', { method: 'POST', headers, body }))).status;
  expect([await post('{"test": 2432232314}'), await post('{"test": 2432232315}')]).toEqual([204, 401]);
});
