import { decodeBase64Url, encodeBase64Url } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import { Challenges } from '../../src/issuing/challenges.js';

const secret = new Uint8Array(32).fill(7);
const start = Date.UTC(2026, 0, 1);

function challenges(overrides: Partial<ConstructorParameters<typeof Challenges>[0]> = {}) {
  return new Challenges({ authority: 'https://ta.example', secret, ttlSeconds: 60, clock: () => start, ...overrides });
}

describe('challenges', () => {
  it('are 32 bytes that this authority, and a replica with the same secret, recognise', () => {
    const { challenge, expiresAtMs } = challenges().create();
    expect(decodeBase64Url(challenge)).toHaveLength(32);
    expect(expiresAtMs).toBe(start + 60_000);
    expect(challenges().check(challenge)).toEqual({ expiresAtMs });
  });

  it('differ from one another', () => {
    const made = challenges();
    expect(new Set(Array.from({ length: 1000 }, () => made.create().challenge)).size).toBe(1000);
  });

  it('count until their last millisecond, and no longer', () => {
    let now = start;
    const made = challenges({ clock: () => now });
    const { challenge, expiresAtMs } = made.create();
    now = expiresAtMs - 1;
    expect(made.check(challenge)).toEqual({ expiresAtMs });
    now = expiresAtMs;
    expect(() => made.check(challenge)).toThrow(expect.objectContaining({ code: 'challenge_invalid' }));
  });

  it('are refused with any bit changed, the one that would prolong them included', () => {
    const made = challenges();
    const bytes = decodeBase64Url(made.create().challenge);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => made.check(encodeBase64Url(changed))).toThrow(
        expect.objectContaining({ code: 'challenge_invalid' }),
      );
    }
  });

  it.each([
    ['of another authority', challenges({ authority: 'https://other.example' }).create().challenge],
    ['under another secret', challenges({ secret: new Uint8Array(32).fill(8) }).create().challenge],
    ['too short', encodeBase64Url(new Uint8Array(31))],
    ['too long', encodeBase64Url(new Uint8Array(33))],
    ['not base64url', '*'.repeat(43)],
    ['empty', ''],
  ])('are refused when %s', (_name, challenge) => {
    expect(() => challenges().check(challenge)).toThrow(expect.objectContaining({ code: 'challenge_invalid' }));
  });

  it('need a secret that nobody guesses', () => {
    expect(() => challenges({ secret: new Uint8Array(31) })).toThrow(TypeError);
  });
});
