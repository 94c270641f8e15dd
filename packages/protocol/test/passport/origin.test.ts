import { describe, expect, it } from 'vitest';
import { validateOrigin } from '../../src/index.js';
import { reasonOf } from '../support/refusal.js';

const check = (origin: string | null, expected: string) => reasonOf(() => validateOrigin({ origin }, expected));

describe('origins that match', () => {
  it.each([
    ['https://agent.example', 'https://agent.example'],
    ['https://agent.example:443', 'https://agent.example'],
    ['http://agent.example', 'http://agent.example:80/'],
    ['HTTPS://Agent.Example', 'https://agent.example'],
    ['https://agent.example/some/path?q#f', 'https://agent.example/other'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
    ['https://agent.example/@/%41', 'https://agent.example'],
    ['https://xn--bcher-kva.example', 'https://b\u00fccher.example'],
  ])('%s and %s', (origin, expected) => {
    expect(check(origin, expected)).toBeUndefined();
  });
});

describe('origins that do not', () => {
  it.each([
    [null, 'https://agent.example'],
    ['https://agent.example', 'http://agent.example'],
    ['https://agent.example', 'https://agent.example:8443'],
    ['https://agent.example', 'https://agent.example.evil.example'],
    ['https://evil.example/agent.example', 'https://agent.example'],
    ['https://agent.example@evil.example', 'https://evil.example'],
    ['https://user:pass@agent.example', 'https://agent.example'],
    ['https:agent.example', 'https://agent.example'],
    ['https:\\\\agent.example', 'https://agent.example'],
    ['https://agent.example\\@evil.example', 'https://agent.example'],
    [' https://agent.example', 'https://agent.example'],
    ['https://agent.example ', 'https://agent.example'],
    ['//agent.example', 'https://agent.example'],
    ['agent.example', 'https://agent.example'],
    ['null', 'https://agent.example'],
    ['file:///etc', 'https://agent.example'],
    ['blob:https://agent.example/x', 'https://agent.example'],
    ['https://', 'https://agent.example'],
    ['https:///agent.example', 'https://agent.example'],
    ['https://%61gent.example', 'https://agent.example'],
    ['https://agent.example:99999', 'https://agent.example'],
  ])('%s and %s', (origin, expected) => {
    expect(check(origin, expected)).toBe('origin_mismatch');
  });

  it('a web socket is another origin than the page it belongs to', () => {
    expect(check('wss://agent.example', 'wss://agent.example')).toBeUndefined();
    expect(check('wss://agent.example', 'https://agent.example')).toBe('origin_mismatch');
  });

  it('two opaque origins are two', () => {
    expect(() => validateOrigin({ origin: 'app://agent' }, 'app://agent')).toThrow(TypeError);
  });
});

it.each(['', 'agent.example', 'null', 'file:///etc'])('an expectation of %j is a mistake of the caller', (expected) => {
  expect(() => validateOrigin({ origin: 'https://agent.example' }, expected)).toThrow(TypeError);
});
