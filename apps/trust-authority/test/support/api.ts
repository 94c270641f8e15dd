import type { KeyPair } from '@mcps/crypto';
import { provePossession } from '@mcps/protocol';
import { expect } from 'vitest';

/** Speaks to a running authority as a client does. */
export class Api {
  constructor(private readonly url: string) {}

  async call(method: string, path: string, body?: unknown, token?: string): Promise<{ status: number; body: any }> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async get(path: string, token?: string): Promise<any> {
    const { status, body } = await this.call('GET', path, undefined, token);
    expect({ path, status, body }).toMatchObject({ status: 200 });
    return body;
  }

  async proof({ privateKey }: KeyPair) {
    const { body } = await this.call('POST', '/api/enroll');
    return provePossession({ authority: body.authority, challenge: body.challenge }, privateKey);
  }

  async enrol(pair: KeyPair, more: object = {}, token?: string): Promise<any> {
    const request = {
      name: 'agent',
      version: '1.0.0',
      public_key: pair.publicKey.jwk,
      proof: await this.proof(pair),
      ...more,
    };
    return this.call('POST', '/api/passport', request, token);
  }
}
