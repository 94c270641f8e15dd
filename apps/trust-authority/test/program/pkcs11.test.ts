import { join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import { createTrustAnchors, parsePassport, provePossession, verifyPassport } from '@mcps/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runAuthority, startAuthority } from '../support/authority-process.js';
import { createSoftToken, findSoftHsm } from '../support/soft-hsm.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const module = findSoftHsm();
if (module === undefined) {
  console.warn('SKIPPED: no SoftHSM found (Debian: softhsm2), so the authority does not run with keys in a device.');
}

describe.skipIf(module === undefined)('the authority with its keys in a device', () => {
  it('issues and answers, over a restart, and says when the PIN is wrong', async () => {
    const token = await createSoftToken('program');
    onTestFinished(() => token.remove());
    const settings = {
      DATA_DIR: join(await temporaryFolder(), 'data'),
      CUSTODY: 'pkcs11',
      PKCS11_MODULE: module!,
      PKCS11_TOKEN: token.label,
      PKCS11_PIN: token.pin,
    };
    for (const start of ['first', 'second']) {
      const authority = await startAuthority(settings);
      const call = async (path: string, body?: object) => {
        const init = body && {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        };
        return (await fetch(`${authority.url}${path}`, init)).json();
      };
      const { publicKey, privateKey } = await generateKeyPair();
      const proof = await provePossession(await call('/api/enroll', {}), privateKey);
      const request = { name: start, version: '1', public_key: publicKey.jwk, proof };
      const { passport } = await call('/api/passport', request);
      const anchors = await createTrustAnchors([await call('/api/ta/public-key')]);
      await verifyPassport(parsePassport(passport), { anchors });
      expect((await call(`/api/verify/${passport.passport_id}`)).status).toBe('VALID');
      expect(await call('/health')).toMatchObject({ healthy: true });
      expect(await authority.stop()).toBe(0);
      expect(authority.log()).not.toContain(token.pin);
    }
    const wrong = await runAuthority(['anchor'], { ...settings, PKCS11_PIN: '000000' });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('refuses the PIN') });
  });
});
