import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import type { PrivateKey } from '@mcps/crypto';
import { parsePassport, provePossession } from '@mcps/protocol';
import type { Passport, TrustAnchorOptions } from '@mcps/protocol';
import { startServer } from '../harness/child.js';
import type { ServerProcess } from '../harness/child.js';

/** Somebody with a passport of the authority. */
export interface Enrolled {
  readonly passport: Passport;
  readonly privateKey: PrivateKey;
}

interface Challenge {
  readonly authority: string;
  readonly challenge: string;
}

/** The program `mcps-authority` as it is published, in a process and a folder of its own, with limits that no benchmark reaches. */
export class AuthorityProcess {
  /** For everything that an authority does. */
  readonly token: string;
  readonly #folder: string;
  readonly #process: ServerProcess;

  private constructor(token: string, folder: string, process: ServerProcess) {
    this.token = token;
    this.#folder = folder;
    this.#process = process;
  }

  /** @param settings further ones, by their names behind `MCPS_AUTHORITY_` */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<AuthorityProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'mcps-bench-authority-'));
    const token = randomBytes(32).toString('hex');
    const all = {
      DATA_DIR: join(folder, 'data'),
      NAME: 'bench-authority',
      ADMIN_TOKEN: token,
      PORT: '0',
      CLIENT_RATE: '10000000',
      TOKEN_RATE: '10000000',
      LOG_LEVEL: 'warn',
      ...settings,
    };
    const env = Object.fromEntries(Object.entries(all).map(([name, value]) => [`MCPS_AUTHORITY_${name}`, value]));
    try {
      return new AuthorityProcess(token, folder, await startServer(await programOfAuthority(), [], env));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): URL {
    return this.#process.url;
  }

  async anchor(): Promise<TrustAnchorOptions> {
    return (await this.#request('GET', '/api/ta/public-key')) as TrustAnchorOptions;
  }

  /** Enrols somebody at level 2. */
  async enrol(name: string): Promise<Enrolled> {
    const { body, privateKey } = await this.passportRequest(name);
    const { passport } = (await this.#request('POST', '/api/passport', body)) as { passport: object };
    return { passport: parsePassport(passport).passport, privateKey };
  }

  /** What a new agent sends to get a passport: all the work is done but the authority's. */
  async passportRequest(name: string): Promise<{ readonly body: object; readonly privateKey: PrivateKey }> {
    const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
    const { authority, challenge } = (await this.#request('POST', '/api/enroll')) as Challenge;
    const proof = await provePossession({ authority, challenge }, privateKey);
    return { body: { name, version: '1.0.0', public_key: publicKey.jwk, level: 2, proof }, privateKey };
  }

  async revoke(passport: Passport): Promise<void> {
    await this.#request('POST', `/api/revoke/${passport.passport_id}`, { reason: 'key_compromise' });
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #request(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}

/** The command that the package names. */
async function programOfAuthority(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('@mcps/trust-authority/package.json');
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly bin: Readonly<Record<string, string>> };
  return join(dirname(manifest), bin['mcps-authority'] ?? '');
}
