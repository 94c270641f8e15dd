import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../src/webhooks/address-guard.js';

describe('where deliveries may go', () => {
  const guard = createAddressGuard();

  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946', '2a00:1450:4001::'])(
    'lets them out to %s',
    (address) => expect(guard.isPermitted(address)).toBe(true),
  );

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    'localhost',
    'example.com',
    '127.1',
    '0x7f000001',
    '2130706433',
    '',
  ])('refuses %s', (address) => expect(guard.isPermitted(address)).toBe(false));

  it('lets them go where the allow-list says, and nowhere else', () => {
    const local = createAddressGuard(['127.0.0.0/8', '::1', 'fd00::/8']);
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', 'fd12::1']) {
      expect(local.isPermitted(address)).toBe(true);
      expect(local.isAllowListed(address)).toBe(true);
    }
    for (const address of ['10.0.0.1', '::2', 'fe80::1', '::ffff:127.0.0.1', '169.254.169.254']) {
      expect(local.isPermitted(address)).toBe(false);
    }
    expect(local.isAllowListed('8.8.8.8')).toBe(false);
  });

  it.each(['localhost', '*', '10.0.0.0/', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8', '10.0.0.0/-1', 'fe80::1%eth0', ''])(
    'takes no %j into an allow-list',
    (entry) => expect(() => createAddressGuard([entry])).toThrow(RangeError),
  );
});
