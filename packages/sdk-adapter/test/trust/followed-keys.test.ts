import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TrustLink } from '../../src/trust/trust-link.js';
import { TrustAuthority } from '../harness/trust-authority.js';

let authority: TrustAuthority;

beforeAll(async () => {
  authority = await TrustAuthority.start();
});

afterAll(() => authority.destroy());

it('keys that an authority has changed are those of the anchors that a connection was given, also once the link was closed in between', async () => {
  const graceMs = 20;
  const link = await TrustLink.open({ authorities: authority.url, onNotice: () => undefined }, graceMs);
  const { anchors } = link;
  const statusKeys = () => anchors.get('test-authority')?.statusKeys.length;
  link.acquire();
  expect(statusKeys()).toBe(1);
  await authority.rotate('status');
  await vi.waitFor(() => expect(statusKeys()).toBe(2), 20_000);
  link.release();
  await new Promise((resolve) => setTimeout(resolve, graceMs * 10));
  link.acquire();
  await authority.rotate('status');
  await vi.waitFor(() => expect(statusKeys()).toBe(3), 20_000);
  link.release();
});
