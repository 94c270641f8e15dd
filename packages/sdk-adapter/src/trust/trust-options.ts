import type { TrustClient, TrustNotice } from '@mcps/trust-client';

/** How a connection is tied to a Trust Authority. */
export interface TrustOptions {
  /**
   * The address of the authority that is believed: `https`, or `http` on this machine. It answers whether peers are revoked, tells of revocations as they
   * are made, and vouches for the own passport towards peers. Its keys are those of `trustAnchors` where one anchor is given there, and fetched and pinned
   * otherwise.
   */
  readonly trustAuthority?: string;
  /** In place of `trustAuthority`: a client made with `createTrustClient`, for several authorities, durable state or sharing. Whoever made it closes it. */
  readonly trustClient?: TrustClient;
  /**
   * Is told of pinned keys, forks, and whether revocations are heard. Default: the first two are emitted as warnings of the process. Only with
   * `trustAuthority`.
   */
  readonly onTrustNotice?: (notice: TrustNotice) => void;
}

/** The names of {@link TrustOptions}. */
export const TRUST_OPTIONS: Readonly<Record<keyof TrustOptions, true>> = {
  trustAuthority: true,
  trustClient: true,
  onTrustNotice: true,
};
