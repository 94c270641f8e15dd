import { canonicalize, exportPublicPem, generateKeyPair, importPublicKey, parseJson } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { signMessage, verifyMessageWithKey } from '@mcps/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { JsonText, PythonPackage } from './support/python-package.js';

const environment = inject('python').published;
const PASSPORT_ID = `asp_${'5a'.repeat(16)}`;

/** How a value travels, what RFC 8785 makes of it, and what Python makes of it. */
interface Difference {
  readonly name: string;
  readonly sent: string;
  readonly rfc8785: string;
  readonly python: string;
}

const NUMBERS_OF_EITHER: readonly Difference[] = [
  { name: 'a negative exponent of one digit', sent: '1e-7', rfc8785: '1e-7', python: '1e-07' },
  {
    name: 'the smallest that RFC 8785 writes without an exponent',
    sent: '0.000001',
    rfc8785: '0.000001',
    python: '1e-06',
  },
  { name: 'a hundred-thousandth', sent: '0.00001', rfc8785: '0.00001', python: '1e-05' },
  { name: 'a negative one with more digits', sent: '-0.0000123', rfc8785: '-0.0000123', python: '-1.23e-05' },
];

const NUMBERS_BEYOND: readonly Difference[] = [
  { name: '1e+20', sent: '1e+20', rfc8785: '100000000000000000000', python: '1e+20' },
  { name: 'the first float with an exponent', sent: '1e16', rfc8785: '10000000000000000', python: '1e+16' },
  {
    name: 'the first whole float beyond the safe ones',
    sent: '9007199254740992.0',
    rfc8785: '9007199254740992',
    python: '9007199254740992.0',
  },
];

const NAMES: Difference = {
  name: 'member names beyond U+FFFF beside those before it',
  sent: '{"\uff5e":1,"\u{1f600}":2}',
  rfc8785: '{"\u{1f600}":2,"\uff5e":1}',
  python: '{"\uff5e":1,"\u{1f600}":2}',
};

const AGREED = ['0.0001', '1e-10', '1.0', '-0.0', '9007199254740991.0', '0.1', '123456789.123', '5e-324'];

const withParams = (value: string) => `{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"value":${value}}}`;

describe.skipIf('missing' in environment)('canonical JSON of mcps-secure 1.0.0', () => {
  let python: PythonPackage;
  let theirs: { readonly secret: string; readonly publicKey: PublicKey };
  let ours: Awaited<ReturnType<typeof generateKeyPair>> & { readonly pem: string };

  beforeAll(async () => {
    if ('missing' in environment) return;
    python = PythonPackage.start(environment.python);
    const { public_key: pem, private_key: secret } = await python.call('generate_key_pair', []);
    theirs = { secret, publicKey: await importPublicKey(await python.call('public_key_to_jwk', [pem])) };
    const pair = await generateKeyPair();
    ours = { ...pair, pem: await exportPublicPem(pair.publicKey) };
  });

  afterAll(() => python?.stop());

  const pythonSigns = (value: string) =>
    python.text('sign_message', [new JsonText(withParams(value)), PASSPORT_ID, theirs.secret]);

  async function weSign(value: string): Promise<boolean> {
    const key = { passportId: PASSPORT_ID, key: ours.privateKey };
    const { message } = await signMessage(JSON.parse(withParams(value)), key);
    return (await python.call('verify_message', [message, ours.pem])).valid;
  }

  it.each(AGREED)('is that of RFC 8785 for %s', async (value) => {
    expect(await python.call('canonical_json', [new JsonText(value)])).toBe(canonicalize(JSON.parse(value)));
    await verifyMessageWithKey(parseJson(await pythonSigns(value)), theirs.publicKey);
    expect(await weSign(value)).toBe(true);
  });

  it.each([...NUMBERS_OF_EITHER, NAMES])(
    'differs for $name: neither verifies what the other signed',
    async ({ sent, rfc8785, python: theirText }) => {
      expect(canonicalize(JSON.parse(sent))).toBe(rfc8785);
      expect(await python.call('canonical_json', [new JsonText(sent)])).toBe(theirText);
      const received = verifyMessageWithKey(parseJson(await pythonSigns(sent)), theirs.publicKey);
      await expect(received).rejects.toMatchObject({ reason: 'signature_invalid' });
      expect(await weSign(sent)).toBe(false);
    },
  );

  it.each(NUMBERS_BEYOND)(
    'differs for $name: refused here; what is signed here verifies there, as it travels as a whole number',
    async ({ sent, rfc8785, python: theirText }) => {
      expect(canonicalize(JSON.parse(sent))).toBe(rfc8785);
      expect(await python.call('canonical_json', [new JsonText(sent)])).toBe(theirText);
      const received = verifyMessageWithKey(parseJson(await pythonSigns(sent)), theirs.publicKey);
      await expect(received).rejects.toMatchObject({ reason: 'signature_invalid' });
      expect(await weSign(sent)).toBe(true);
    },
  );

  it('keeps whole numbers of any size, which are refused here', async () => {
    const wire = await pythonSigns('9007199254740993');
    expect(() => parseJson(wire)).toThrow(expect.objectContaining({ code: 'json_number_range' }));
    const received = verifyMessageWithKey(JSON.parse(wire), theirs.publicKey);
    await expect(received).rejects.toMatchObject({ reason: 'signature_invalid' });
  });

  it('has a member __proto__ of params, which is verified here and never signed here', async () => {
    const message = '{"jsonrpc":"2.0","id":1,"method":"x/y","params":{"__proto__":1}}';
    const wire = await python.text('sign_message', [new JsonText(message), PASSPORT_ID, theirs.secret]);
    const { message: verified } = await verifyMessageWithKey(parseJson(wire), theirs.publicKey);
    expect(verified).toEqual(JSON.parse(message));
    const key = { passportId: PASSPORT_ID, key: ours.privateKey };
    await expect(signMessage(JSON.parse(message), key)).rejects.toMatchObject({ reason: 'message_not_signable' });
  });

  it('has none for half of a surrogate pair, and neither is it signed here', async () => {
    await expect(pythonSigns('"\\ud83d"')).rejects.toThrow('UnicodeEncodeError');
    await expect(weSign('"\\ud83d"')).rejects.toMatchObject({ reason: 'message_not_canonical' });
  });
});
