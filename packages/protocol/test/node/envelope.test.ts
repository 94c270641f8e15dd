import { generateKeyPair, sign } from '@mcps/crypto';
import { expect, it } from 'vitest';
import { signMessage, verifyMessageWithKey } from '../../src/envelope/index.js';
import { signMessageSync, verifyMessageWithKeySync } from '../../src/node.js';
import { isVerified } from '../../src/verified/index.js';
import { reasonOf } from '../support/refusal.js';
import { PASSPORT_ID, clock } from '../support/signing.js';

const MESSAGE = { jsonrpc: '2.0', id: 1, method: 'm', params: { a: 1 } };

it('signs and verifies what the asynchronous form does', async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  const options = { passportId: PASSPORT_ID, key: privateKey, clock, nonce: 'ab'.repeat(16), carrier: 'meta' } as const;
  const here = signMessageSync(MESSAGE, options);
  const there = await signMessage(MESSAGE, options);
  expect(here.messageHash).toBe(there.messageHash);
  const verified = verifyMessageWithKeySync(there.message, publicKey, { clock });
  expect(verified).toEqual(await verifyMessageWithKey(there.message, publicKey, { clock }));
  expect(isVerified(verified, 'message')).toBe(true);
  expect((await verifyMessageWithKey(here.message, publicKey, { clock })).message).toEqual(MESSAGE);
});

it('refuses what the asynchronous form does', async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  const { message } = signMessageSync(MESSAGE, { passportId: PASSPORT_ID, key: privateKey, clock });
  expect(reasonOf(() => verifyMessageWithKeySync({ ...message, id: 2 }, publicKey, { clock }))).toBe(
    'signature_invalid',
  );
  expect(reasonOf(() => verifyMessageWithKeySync(message, publicKey, { clock: () => 0 }))).toBe('timestamp_in_future');
  expect(reasonOf(() => verifyMessageWithKeySync(MESSAGE, publicKey, { clock }))).toBe('envelope_missing');
  expect(reasonOf(() => signMessageSync({ id: null, method: 'm' }, { passportId: PASSPORT_ID, key: privateKey }))).toBe(
    'message_kind_ambiguous',
  );
});

it('cannot ask a signer, and says so', async () => {
  const { privateKey } = await generateKeyPair();
  const signer = { format: 'p1363', sign: (data: Uint8Array) => sign(privateKey, data) } as const;
  expect(() => signMessageSync(MESSAGE, { passportId: PASSPORT_ID, key: signer })).toThrow(
    expect.objectContaining({ name: 'ConfigurationError', code: 'option_unsupported' }),
  );
});
