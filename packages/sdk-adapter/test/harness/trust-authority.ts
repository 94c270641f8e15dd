import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportPrivatePem, generateKeyPair } from '@mcps/crypto';
import type { PrivateKey } from '@mcps/crypto';
import { issuePassport, parsePassport, provePossession } from '@mcps/protocol';
import type { IssuingRight, Passport, TrustAnchorOptions } from '@mcps/protocol';
import { createTrustClient } from '@mcps/trust-client';
import type { TrustClient, TrustClientOptions } from '@mcps/trust-client';
import { startAuthority } from '../../../../apps/trust-authority/test/support/authority-process.js';
import type { AuthorityProcess } from '../../../../apps/trust-authority/test/support/authority-process.js';
import { until } from './expectations.js';

const ADMIN_TOKEN = 'an-admin-token-for-the-tests-of-the-adapter';

/** Somebody with a passport of a real authority. */
export interface Enrolled {
  readonly passport: Passport;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  readonly key: PrivateKey;
}

/** The real program in a process and a folder of its own; it keeps its port over restarts. */
export class TrustAuthority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mcps-adapter-authority-'));
  #process: AuthorityProcess | undefined;
  #port = '0';

  private constructor(readonly name: string) {}

  static async start(name = 'test-authority'): Promise<TrustAuthority> {
    const authority = new TrustAuthority(name);
    await authority.start();
    return authority;
  }

  get adminToken(): string {
    return ADMIN_TOKEN;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#process = await startAuthority({
      DATA_DIR: join(this.#folder, 'data'),
      NAME: this.name,
      ADMIN_TOKEN,
      PORT: this.#port,
      HEARTBEAT: '1',
    });
    this.#port = new URL(this.#process.url).port;
  }

  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL');
    this.#process = undefined;
  }

  async destroy(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async anchor(): Promise<TrustAnchorOptions> {
    return (await this.#json('GET', '/api/ta/public-key')) as TrustAnchorOptions;
  }

  async enrol(name: string, options: { level?: number; issuing?: IssuingRight } = {}): Promise<Enrolled> {
    const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
    const { authority, challenge } = (await this.#json('POST', '/api/enroll')) as {
      authority: string;
      challenge: string;
    };
    const proof = await provePossession({ authority, challenge }, privateKey);
    const wanted = {
      level: options.level ?? 2,
      ...(options.issuing === undefined ? {} : { issuing: options.issuing }),
    };
    const body = { name, version: '1.0.0', public_key: publicKey.jwk, proof, ...wanted };
    const { passport } = (await this.#json('POST', '/api/passport', body)) as { passport: object };
    return enrolled(parsePassport(passport).passport, privateKey);
  }

  /** The issuers of a passport that is to issue, its direct one first: it encloses none itself. */
  async chainOf(passport: Passport): Promise<readonly Passport[]> {
    const sibling = await this.enrol('sibling');
    return sibling.passport.issuer_chain.map(decodeLink).filter(({ passport_id: id }) => id === passport.issuer);
  }

  async revoke(passport: Passport): Promise<void> {
    await this.#json('POST', `/api/revoke/${passport.passport_id}`, { reason: 'key_compromise' });
  }

  async rotate(purpose: 'status' | 'evidence'): Promise<void> {
    await this.#json('POST', '/api/ta/rotate', { purpose });
  }

  async #json(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}

/** A client of an authority that has heard from it, and so knows of everybody who is revoked. */
export async function listeningClient(options: TrustClientOptions): Promise<TrustClient> {
  const client = await createTrustClient(options);
  await until(() => client.isLive('test-authority'), 'the authority to be heard');
  return client;
}

/** Somebody who has a passport of the holder of an issuing passport, whom the authority never saw. */
export async function issueBelow(issuer: Enrolled, name: string, chain: readonly Passport[]): Promise<Enrolled> {
  const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
  const passport = await issuePassport({
    authority: { passport: issuer.passport, key: issuer.key, chain },
    subject: { name, version: '1.0.0', publicKey, trustLevel: 2 },
  });
  return enrolled(passport, privateKey);
}

async function enrolled(passport: Passport, key: PrivateKey): Promise<Enrolled> {
  return { passport, key, privateKey: await exportPrivatePem(key) };
}

function decodeLink(link: string): Passport {
  return parsePassport(Buffer.from(link, 'base64').toString('utf8')).passport;
}
