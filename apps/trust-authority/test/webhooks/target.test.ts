import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../src/webhooks/address-guard.js';
import { checkTarget, parseTargetUrl } from '../../src/webhooks/target.js';

const open = createAddressGuard();
const local = createAddressGuard(['127.0.0.0/8', '::1']);

const check = (url: string, addresses: string[] = [], guard = open) =>
  checkTarget(parseTargetUrl(url), guard, () => Promise.resolve(addresses));

describe('the URL of a webhook', () => {
  it.each([
    'example.com/hook',
    '/hook',
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com',
    'https://user@example.com/',
    'https://user:secret@example.com/',
    'https://example.com/#part',
    'https://',
    `https://example.com/${'x'.repeat(2048)}`,
  ])('is not %s', (url) => {
    expect(() => parseTargetUrl(url)).toThrow(expect.objectContaining({ code: 'url_invalid' }));
  });

  it('leads to the address that was checked', async () => {
    const target = await check('https://hooks.example/path?query', ['93.184.216.34']);
    expect(target.address).toBe('93.184.216.34');
    expect(target.url.href).toBe('https://hooks.example/path?query');
  });

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://0/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
  ])('is refused where it names a forbidden address: %s', async (url) => {
    await expect(check(url)).rejects.toMatchObject({ code: 'address_forbidden' });
  });

  it.each([
    [['127.0.0.1']],
    [['10.0.0.1']],
    [['::1']],
    [['93.184.216.34', '127.0.0.1']],
    [['127.0.0.1', '93.184.216.34']],
    [['93.184.216.34', 'fe80::1%eth0']],
  ])('is refused where any address of its name is forbidden: %j', async (addresses) => {
    await expect(check('https://hooks.example/', addresses)).rejects.toMatchObject({ code: 'address_forbidden' });
  });

  it('is refused where the name leads nowhere', async () => {
    await expect(check('https://hooks.example/', [])).rejects.toMatchObject({ code: 'name_unresolved' });
    const failing = checkTarget(parseTargetUrl('https://hooks.example/'), open, () =>
      Promise.reject(new Error('ENOTFOUND')),
    );
    await expect(failing).rejects.toMatchObject({ code: 'name_unresolved' });
  });

  it('is plain http for addresses on the allow-list only', async () => {
    await expect(check('http://hooks.example/', ['93.184.216.34'])).rejects.toMatchObject({ code: 'url_insecure' });
    await expect(check('http://hooks.example/', ['127.0.0.1', '93.184.216.34'], local)).rejects.toMatchObject({
      code: 'url_insecure',
    });
    expect(await check('http://127.0.0.1:3000/', [], local)).toMatchObject({ address: '127.0.0.1' });
    expect(await check('http://localhost:3000/', ['::1', '127.0.0.1'], local)).toMatchObject({ address: '::1' });
  });
});
