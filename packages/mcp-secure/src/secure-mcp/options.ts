import type { Signer } from '@mcps/crypto';
import type { Passport, SecurityOptions, TrustLevel } from '@mcps/protocol';
import type { TrustOptions } from '@mcps/sdk-adapter';
import type { TrustClient, TrustNotice } from '@mcps/trust-client';
import type { PrivateKeyInput } from '../keys.js';

/** What is said of authorities, for servers and clients of either kind. */
export interface AuthorityOptions {
  /** The address of the authority that is believed: `https`, or `http` on this machine. */
  readonly trustAuthority?: string | undefined;
  /** The addresses of several, in place of `trustAuthority`. */
  readonly trustAuthorities?: readonly string[] | undefined;
  /** In place of both: a client made with `createTrustClient` of `@mcps/trust-client`. Whoever made it closes it. */
  readonly trustClient?: TrustClient;
  /** The anchor of `trustAuthority`, so that no first contact is relied on; or, without an authority, whom to believe. */
  readonly trustAnchors?: SecurityOptions['trustAnchors'];
  /** Of the authorities, those whose passports count. Default: all. */
  readonly trustedIssuers?: readonly string[] | null | undefined;
  /** The least trust level of a peer, 0 to 4. Default 2. From 2 on an authority is needed. */
  readonly minTrustLevel?: TrustLevel | undefined;
  /** The origin that the peer's passport must be bound to. Default: not checked. */
  readonly origin?: string | null | undefined;
  /** Is told of pinned keys and forks of an authority. Default: a warning of the process. */
  readonly onTrustNotice?: (notice: TrustNotice) => void;
  /** Is told who was refused because of a revocation, and why. */
  readonly onRevoked?: ((passportId: string, reason: string) => void) | undefined;
}

/** Who one is. */
export interface IdentityOptions {
  /** The own passport: the object, its JSON text, or its id, by which it is had from the authority. */
  readonly passport?: Passport | string | undefined;
  /** The key of that passport: PEM, JWK, or a signer. */
  readonly privateKey?: PrivateKeyInput | Signer | undefined;
}

/** Every other option of `@mcps/sdk-adapter` and `@mcps/protocol`, as it is there. */
export type LayerOptions = Omit<
  SecurityOptions & TrustOptions,
  keyof AuthorityOptions | keyof IdentityOptions | 'expectedOrigin' | 'trustClient'
>;

const PASSPORT_ID = /^asp_[\x21-\x7e]*$/;

/** Whether what was given as a passport is no more than the id of one. */
export function isIdOnly(passport: unknown): passport is string {
  return typeof passport === 'string' && PASSPORT_ID.test(passport);
}

/** The id of a passport that was given in any form; `undefined` where it cannot be told. */
export function idOf(passport: IdentityOptions['passport']): string | undefined {
  if (passport === undefined || passport === null) return undefined;
  if (isIdOnly(passport)) return passport;
  try {
    const document: unknown = typeof passport === 'string' ? JSON.parse(passport) : passport;
    const id: unknown =
      typeof document === 'object' && document !== null ? Reflect.get(document, 'passport_id') : undefined;
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
