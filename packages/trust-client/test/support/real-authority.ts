import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair } from '@mcps/crypto';
import { parsePassport, provePossession, verifyPassport } from '@mcps/protocol';
import type { TrustAnchorOptions, TrustAnchors, VerifiedPassport } from '@mcps/protocol';
import { runAuthority, startAuthority } from '../../../../apps/trust-authority/test/support/authority-process.js';
import type { AuthorityProcess } from '../../../../apps/trust-authority/test/support/authority-process.js';

const ADMIN_TOKEN = 'an-admin-token-for-the-tests-of-the-client';

/** The real program, in a folder of its own; it keeps its port over restarts. */
export class RealAuthority {
  readonly name = 'real-authority';
  readonly folder = mkdtempSync(join(tmpdir(), 'mcps-real-authority-'));
  readonly data = join(this.folder, 'data');
  #process: AuthorityProcess | undefined;
  #port = '0';

  private constructor(private readonly settings: Record<string, string>) {}

  static async start(settings: Record<string, string> = {}): Promise<RealAuthority> {
    const authority = new RealAuthority(settings);
    await authority.start();
    return authority;
  }

  get url(): string {
    if (this.#process === undefined) throw new Error('The authority does not run');
    return this.#process.url;
  }

  async start(): Promise<void> {
    this.#process = await startAuthority(this.#settings());
    this.#port = new URL(this.#process.url).port;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#process?.stop(signal);
    this.#process = undefined;
  }

  async destroy(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async anchor(): Promise<TrustAnchorOptions> {
    return (await this.#json('GET', '/api/ta/public-key')) as TrustAnchorOptions;
  }

  /** Enrols an agent as an agent would, and verifies what it gets. */
  async enrol(anchors: TrustAnchors): Promise<VerifiedPassport> {
    const { publicKey, privateKey } = await generateKeyPair();
    const { authority, challenge } = (await this.#json('POST', '/api/enroll')) as Record<string, string>;
    const proof = await provePossession({ authority: authority ?? '', challenge: challenge ?? '' }, privateKey);
    const request = { name: 'agent', version: '1.0.0', public_key: publicKey.jwk, level: 2, proof };
    const { passport } = (await this.#json('POST', '/api/passport', request, ADMIN_TOKEN)) as { passport: object };
    return verifyPassport(parsePassport(passport).passport, { anchors });
  }

  async revoke(passport: VerifiedPassport): Promise<void> {
    await this.#json('POST', `/api/revoke/${passport.id}`, { reason: 'key_compromise' }, ADMIN_TOKEN);
  }

  /** Makes a new key, and says when it begins to sign. */
  async rotate(purpose: string, compromised = false): Promise<{ thumbprint: string; signsFromMs: number }> {
    const body = await this.#json('POST', '/api/ta/rotate', { purpose, compromised }, ADMIN_TOKEN);
    const { thumbprint, signs_from } = body as { thumbprint: string; signs_from: string };
    return { thumbprint, signsFromMs: Date.parse(signs_from) };
  }

  /** Runs a command beside the running program, as an operator does. */
  async command(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runAuthority(args, this.#settings());
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async registerWebhook(url: string): Promise<string> {
    const hook = (await this.#json('POST', '/api/webhook/register', { url }, ADMIN_TOKEN)) as { secret: string };
    return hook.secret;
  }

  #settings(): Record<string, string> {
    const common = { DATA_DIR: this.data, NAME: this.name, ADMIN_TOKEN, PORT: this.#port, HEARTBEAT: '1' };
    return { ...common, WEBHOOK_ALLOW: '127.0.0.0/8', ...this.settings };
  }

  async #json(method: string, path: string, body?: unknown, token?: string): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
