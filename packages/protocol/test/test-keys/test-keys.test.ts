import { importPrivateKey, thumbprint } from '@mcps/crypto';
import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  TEST_KEY_THUMBPRINTS,
  assertNotTestIssuer,
  assertNotTestKey,
  isTestIssuer,
  isTestKey,
} from '../../src/index.js';
import { newKeys } from '../passport/world.js';

/** Private keys that anybody can read in a standard. */
const PUBLISHED = {
  'RFC 7515 A.3': {
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
  },
  'RFC 7517 A.2': {
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    d: '870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE',
  },
  'RFC 6979 A.2.5': {
    x: 'YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y',
    y: 'eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk',
    d: 'ya-p2EW6dRZrXCFXZ7HWk05Qw9s26JsSe4piKxIPZyE',
  },
  'the base point': {
    x: 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY',
    y: 'T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU',
    d: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE',
  },
};

describe('keys', () => {
  it.each(Object.entries(PUBLISHED))('of %s are refused', async (_name, coordinates) => {
    const { publicKey } = await importPrivateKey({ kty: 'EC', crv: 'P-256', ...coordinates });
    expect(isTestKey(publicKey)).toBe(true);
    expect(() => assertNotTestKey(publicKey)).toThrow(ConfigurationError);
    const { x, y } = coordinates;
    expect(TEST_KEY_THUMBPRINTS).toContain(await thumbprint({ kty: 'EC', crv: 'P-256', x, y }));
  });

  it('of one\u2019s own are not', async () => {
    const { publicKey } = await newKeys();
    expect(() => assertNotTestKey(publicKey)).not.toThrow();
  });

  it('are listed as thumbprints, once each', () => {
    expect(TEST_KEY_THUMBPRINTS.every((each) => /^[A-Za-z0-9_-]{43}$/.test(each))).toBe(true);
    expect(new Set(TEST_KEY_THUMBPRINTS).size).toBe(TEST_KEY_THUMBPRINTS.length);
  });
});

describe('issuer names', () => {
  it.each([
    'mcps.test',
    'authority.mcps.test',
    'a.b.mcps.test',
    'AUTHORITY.MCPS.TEST',
    'authority.mcps.test.',
    'https://authority.mcps.test',
    'https://authority.mcps.test:8443/issuers/1',
    'https://Authority.MCPS.Test.',
  ])('%s is reserved', (name) => {
    expect(isTestIssuer(name)).toBe(true);
    expect(() => assertNotTestIssuer(name)).toThrow(expect.objectContaining({ code: 'test_key_refused' }));
  });

  it.each([
    'authority.example',
    'mcps.test.example',
    'notmcps.test',
    'https://authority.example/authority.mcps.test',
    'test',
    ':// mcps',
    '',
  ])('%j is not', (name) => {
    expect(isTestIssuer(name)).toBe(false);
  });
});
