import { encodeUtf8, generateKeyPair, sign, verify } from '@mcps/crypto';
import type { Signer } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import { createSignersCustody } from '../../src/custody/signers-custody.js';

describe('keys of a custodian elsewhere', () => {
  it('signs with an external signer and with a key in memory', async () => {
    const { privateKey, publicKey } = await generateKeyPair();
    const signer: Signer = { publicKey, format: 'p1363', sign: (bytes) => sign(privateKey, bytes) };
    const custody = createSignersCustody({ 'root-1': signer, 'status-1': privateKey });
    expect(await custody.names()).toEqual(['root-1', 'status-1']);
    const data = encodeUtf8('data');
    for (const name of await custody.names()) {
      const key = await custody.load(name);
      expect(await verify(key.publicKey, data, await sign(key, data))).toBe(true);
    }
  });

  it('makes and destroys nothing', async () => {
    const { privateKey } = await generateKeyPair();
    const custody = createSignersCustody({ 'root-1': privateKey });
    await expect(custody.create('root-2')).rejects.toMatchObject({ code: 'custody_unsupported' });
    await expect(custody.remove('root-1')).rejects.toMatchObject({ code: 'custody_unsupported' });
    await expect(custody.load('root-2')).rejects.toMatchObject({ code: 'custody_key_missing' });
  });

  it('refuses a signer that does not tell its public key, and a name that is none', async () => {
    const { privateKey } = await generateKeyPair();
    const signer: Signer = { format: 'p1363', sign: (bytes) => sign(privateKey, bytes) };
    expect(() => createSignersCustody({ 'root-1': signer })).toThrow(
      expect.objectContaining({ code: 'custody_unavailable' }),
    );
    expect(() => createSignersCustody({ '../root': privateKey })).toThrow(
      expect.objectContaining({ code: 'custody_name_invalid' }),
    );
  });
});
