import { exportPrivatePem, generateKeyPair } from '@mcps/crypto';
import type { PrivateKey, PublicKey } from '@mcps/crypto';
import { MemoryStatusSource, issuePassport } from '@mcps/protocol';
import type { Passport, TrustAnchorOptions, TrustLevel } from '@mcps/protocol';

/** Somebody with a passport, and the key to it. */
export interface Identity {
  readonly name: string;
  readonly passport: Passport;
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
  /** PKCS#8 PEM, for programs that read it from a file. */
  readonly pem: string;
}

/** How a passport of the demonstration differs from the usual one. */
export interface IssueOptions {
  readonly trustLevel?: TrustLevel;
  readonly ttlSeconds?: number;
}

/** A Trust Authority that lives as long as the demonstration. */
export class Authority {
  /** Says who has been revoked; everybody else is in good standing. */
  readonly status = new MemoryStatusSource({ otherwise: 'good' });

  private constructor(
    readonly issuer: string,
    private readonly key: PrivateKey,
    /** How servers and clients are told to believe this authority. */
    readonly anchor: TrustAnchorOptions,
  ) {}

  static async create(issuer: string): Promise<Authority> {
    const { publicKey, privateKey } = await generateKeyPair();
    return new Authority(issuer, privateKey, { issuer, keys: [publicKey.jwk] });
  }

  async issue(name: string, options: IssueOptions = {}): Promise<Identity> {
    const { trustLevel = 2, ttlSeconds = 3600 } = options;
    const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
    const passport = await issuePassport({
      authority: { issuer: this.issuer, key: this.key },
      subject: { name, version: '1.0.0', publicKey, trustLevel },
      ttlSeconds,
    });
    return { name, passport, publicKey, privateKey, pem: await exportPrivatePem(privateKey) };
  }

  revoke(identity: Identity): void {
    this.status.revoke({ anchor: this.issuer, passportId: identity.passport.passport_id }, { reason: 'demonstration' });
  }
}
