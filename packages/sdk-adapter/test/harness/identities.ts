import { exportPrivateJwk, exportPrivatePem, generateKeyPair } from '@mcps/crypto';
import type { PrivateJwk, PrivateKey, PublicKey } from '@mcps/crypto';
import { createPassport, signPassport, signStatusList } from '@mcps/protocol';
import type { CreatePassportOptions, Passport, TrustAnchorOptions } from '@mcps/protocol';

/** One identity of a test: its keys live as long as the test. */
export interface Identity {
  readonly passport: Passport;
  readonly privateKey: PrivateKey;
  readonly publicKey: PublicKey;
  /** Every spelling of the private key that must never be seen anywhere. */
  readonly secrets: readonly string[];
  readonly pem: string;
  readonly jwk: PrivateJwk;
}

/** A throwaway authority. */
export class Authority {
  private constructor(
    readonly issuer: string,
    private readonly keys: { readonly publicKey: PublicKey; readonly privateKey: PrivateKey },
  ) {}

  static async create(issuer = 'authority.example'): Promise<Authority> {
    return new Authority(issuer, await generateKeyPair({ extractable: true }));
  }

  get anchors(): TrustAnchorOptions[] {
    return [{ issuer: this.issuer, keys: [this.keys.publicKey] }];
  }

  get anchorFile(): string {
    return JSON.stringify([{ issuer: this.issuer, keys: [this.keys.publicKey.jwk] }]);
  }

  /** A list of this authority that names the revoked passports, as JSON. */
  async statusList(
    number: number,
    revoked: readonly Identity[],
    options: { issuedAtMs?: number } = {},
  ): Promise<string> {
    const entries = revoked.map(({ passport }) => ({
      passport_id: passport.passport_id,
      reason: 'key lost',
      revoked_at: passport.issued_at,
      passport_expires_at: passport.expires_at,
    }));
    const list = { issuer: this.issuer, number, epoch: number, revoked: entries, ...options };
    return JSON.stringify(await signStatusList(list, this.keys.privateKey));
  }

  async issue(
    name: string,
    options: Partial<Omit<CreatePassportOptions, 'name' | 'publicKey'>> = {},
  ): Promise<Identity> {
    return makeIdentity(
      { version: '1.0.0', trustLevel: 1, ...options, name, issuer: this.issuer },
      this.keys.privateKey,
    );
  }
}

async function makeIdentity(
  options: Omit<CreatePassportOptions, 'publicKey'>,
  issuerKey: PrivateKey | undefined,
): Promise<Identity> {
  const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
  const passport = await signPassport(createPassport({ ...options, publicKey }), issuerKey ?? privateKey);
  const pem = await exportPrivatePem(privateKey);
  const jwk = await exportPrivateJwk(privateKey);
  return { passport, privateKey, publicKey, pem, jwk, secrets: secretsOf(pem, jwk) };
}

function secretsOf(pem: string, jwk: PrivateJwk): string[] {
  const lines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const scalar = Buffer.from(jwk.d, 'base64url');
  return [jwk.d, scalar.toString('hex'), scalar.toString('base64'), ...lines.filter((line) => line.length > 30)];
}
