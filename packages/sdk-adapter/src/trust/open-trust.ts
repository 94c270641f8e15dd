import { ConfigurationError, TrustAnchors, parsePassport, verifyPassport } from '@mcps/protocol';
import type { SecurityOptions, TrustAnchorOptions, VerifiedPassport } from '@mcps/protocol';
import type { TrustClientOptions } from '@mcps/trust-client';
import { TrustLink } from './trust-link.js';
import { warnOfNotice } from './trust-notices.js';
import type { TrustOptions } from './trust-options.js';

/** What an authority contributes to the security options. */
type TrustPart = Pick<SecurityOptions, 'trustAnchors' | 'statusSource' | 'revocations' | 'ownStaple'>;

/** The security options that come from an authority, and the link that connections are to acquire, where one was made here. */
export interface OpenedTrust {
  readonly part: TrustPart;
  readonly link?: TrustLink;
}

type Options = TrustOptions & SecurityOptions;

/**
 * Opens what the options say of an authority; nothing where they say nothing.
 *
 * Rejects with `ConfigurationError` `option_invalid` for options that exclude each other, and as `createTrustClient` does.
 */
export async function openTrust(options: Options): Promise<OpenedTrust> {
  const { trustAuthority, trustClient, onTrustNotice } = options;
  if (trustAuthority === undefined && onTrustNotice !== undefined)
    throw conflict('`onTrustNotice` goes with `trustAuthority`.');
  if (trustAuthority === undefined && trustClient === undefined) return { part: {} };
  if (trustAuthority !== undefined && trustClient !== undefined)
    throw conflict('Give `trustAuthority` or `trustClient`, not both.');
  if (options.statusSource !== undefined)
    throw conflict('An authority answers for the status of passports: leave `statusSource` out.');
  if (trustClient !== undefined) {
    refuseWith(trustClient.anchors, options);
    return { part: partOf(trustClient, await ownPassport(options, trustClient.anchors)) };
  }
  const link = await TrustLink.open(clientOptions(options, trustAuthority ?? ''));
  return { part: partOf(link, await ownPassport(options, link.anchors)), link };
}

type Trusted = Pick<TrustLink, 'anchors' | 'revocations' | 'check' | 'staple'>;

function partOf(trusted: Trusted, own: VerifiedPassport | undefined): TrustPart {
  return {
    trustAnchors: trusted.anchors,
    statusSource: { check: (query) => trusted.check(query) },
    revocations: trusted.revocations,
    ...(own === undefined ? {} : { ownStaple: () => trusted.staple(own) }),
  };
}

function clientOptions(options: Options, url: string): TrustClientOptions {
  const { clock, revocations, statusMaxAgeMs, onTrustNotice = warnOfNotice } = options;
  const trustAnchor = onlyAnchor(options.trustAnchors);
  return {
    authorities: [{ urls: url, ...(trustAnchor === undefined ? {} : { trustAnchor }) }],
    onNotice: onTrustNotice,
    ...(clock === undefined ? {} : { clock }),
    ...(revocations === undefined ? {} : { revocations }),
    ...(statusMaxAgeMs === undefined ? {} : { maxAgeMs: statusMaxAgeMs }),
  };
}

function onlyAnchor(anchors: SecurityOptions['trustAnchors']): TrustAnchorOptions | undefined {
  const list = anchors instanceof TrustAnchors ? anchors.list() : (anchors ?? []);
  if (list.length > 1)
    throw conflict(
      'With several `trustAnchors` nobody knows whose the address in `trustAuthority` is: give a `trustClient`, which is told.',
    );
  return list[0];
}

function refuseWith(anchors: TrustAnchors, options: Options): void {
  const { trustAnchors, revocations } = options;
  if (trustAnchors !== undefined && trustAnchors !== anchors)
    throw conflict('A `trustClient` has its own anchors: leave `trustAnchors` out.');
  if (revocations !== undefined && revocations !== options.trustClient?.revocations)
    throw conflict('A `trustClient` has its own memory of revocations: leave `revocations` out.');
}

/** The own passport, where one of these authorities vouches for it. What is wrong with it is said by whoever resolves the options. */
async function ownPassport(options: Options, anchors: TrustAnchors): Promise<VerifiedPassport | undefined> {
  try {
    const { passport } = parsePassport(options.passport);
    const now = (options.clock ?? Date.now)();
    const verified = await verifyPassport(passport, { anchors, now });
    return verified.standing === 'anchored' ? verified : undefined;
  } catch {
    return undefined;
  }
}

function conflict(message: string): ConfigurationError {
  return new ConfigurationError('option_invalid', message);
}
