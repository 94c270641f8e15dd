import { expect, it } from 'vitest';
import * as root from '../../src/index.js';
import { isVerified } from '../../src/verified/index.js';
import { markVerified } from '../../src/verified/verified.js';

it('knows the very object that was minted, and its kind', () => {
  const minted = markVerified({ a: { b: 1 } }, 'passport');
  expect(isVerified(minted)).toBe(true);
  expect(isVerified(minted, 'passport')).toBe(true);
  // Fails where the kind is not compared: a verified message would pass for a verified passport.
  expect(isVerified(minted, 'message')).toBe(false);
});

it('does not know copies, look-alikes or other values', () => {
  const minted = markVerified({ a: 1 }, 'passport');
  const wrapped = new Proxy(minted, {});
  const derived = Object.create(minted) as object;
  for (const other of [{ ...minted }, structuredClone(minted), wrapped, derived, null, undefined, 1, 'text', {}]) {
    expect(isVerified(other)).toBe(false);
  }
});

it('freezes what it mints', () => {
  const minted = markVerified({ a: 1 }, 'tool');
  expect(Object.isFrozen(minted)).toBe(true);
});

it('cannot be reached from outside the package', () => {
  expect(Object.keys(root)).toContain('isVerified');
  expect(Object.keys(root)).not.toContain('markVerified');
});
