import { generateKeyPair } from '@mcps/crypto';
import type { PrivateKey } from '@mcps/crypto';
import { parsePassport, provePossession } from '@mcps/protocol';
import type { Passport } from '@mcps/protocol';

const REQUEST_LIMIT_MS = 30_000;

/** Somebody with a passport of the authority. */
export interface Enrolled {
  readonly name: string;
  readonly passport: Passport;
  readonly privateKey: PrivateKey;
}

/** What the demonstration asks of the authority over HTTP. */
export class AuthorityApi {
  /** @param token without one only what anybody may ask */
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  /** The same authority with a token that may do one thing only. */
  async withScope(scope: 'issue' | 'revoke'): Promise<AuthorityApi> {
    const { token } = (await this.#post('/api/token', { name: scope, scopes: [scope] })) as { token: string };
    return new AuthorityApi(this.url, token);
  }

  /** Makes a key pair, proves to hold it, and gets a passport for it. */
  async enrol(name: string): Promise<Enrolled> {
    const { publicKey, privateKey } = await generateKeyPair();
    const challenge = (await this.#post('/api/enroll', {})) as { authority: string; challenge: string };
    const proof = await provePossession(challenge, privateKey);
    const wanted = { name, version: '1.0.0', public_key: publicKey.jwk, proof };
    const { passport } = (await this.#post('/api/passport', wanted)) as { passport: object };
    return { name, passport: parsePassport(passport).passport, privateKey };
  }

  async revoke(passportId: string): Promise<void> {
    await this.#post(`/api/revoke/${passportId}`, { reason: 'key_compromise' });
  }

  async #post(path: string, body: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    if (!response.ok) throw new Error(`POST ${path}: ${String(response.status)} ${await response.text()}`);
    return response.json();
  }
}
