import { ConfigurationError, TrustAnchors, createTrustAnchors } from '@mcps/protocol';
import type { TrustAnchor, TrustAnchorOptions } from '@mcps/protocol';
import { createTrustClient } from '@mcps/trust-client';
import type { TrustAuthorityOptions, TrustClient, TrustNotice } from '@mcps/trust-client';
import type { AuthorityOptions } from './options.js';

/** The addresses of the authorities that the options name, in their order. */
export function addressesOf({ trustAuthority, trustAuthorities }: AuthorityOptions): readonly string[] {
  if (trustAuthorities !== undefined && trustAuthorities !== null) {
    const isList: boolean = Array.isArray(trustAuthorities);
    if (!isList || trustAuthority !== undefined) {
      throw new ConfigurationError('option_invalid', 'Give `trustAuthority`, or a list as `trustAuthorities`.');
    }
    return trustAuthorities;
  }
  return trustAuthority === undefined ? [] : [trustAuthority];
}

/**
 * Makes a client of the authorities that the options name: its keys are those of `trustAnchors`, or fetched once and pinned.
 *
 * Rejects as `createTrustClient` does, and with `ConfigurationError` `option_invalid` for anchors of which nobody can tell whose they are.
 */
export function openAuthorities(options: AuthorityOptions, subscribe: boolean): Promise<TrustClient> {
  const addresses = addressesOf(options);
  const anchors = listOf(options.trustAnchors);
  if (anchors.length > 0 && (anchors.length > 1 || addresses.length > 1)) {
    throw new ConfigurationError(
      'option_invalid',
      'With several authorities nobody can tell whose `trustAnchors` are: give a `trustClient`, which is told.',
    );
  }
  const [trustAnchor] = anchors;
  const authorities = addresses.map((urls) => ({ urls, ...(trustAnchor === undefined ? {} : { trustAnchor }) }));
  return createTrustClient({ authorities, subscribe, onNotice: options.onTrustNotice ?? warnOfNotice });
}

function listOf(anchors: AuthorityOptions['trustAnchors']): readonly TrustAnchorOptions[] {
  if (anchors === undefined) return [];
  return anchors instanceof TrustAnchors ? anchors.list() : anchors;
}

/**
 * The authorities that count, each with the keys that a client has found at its address.
 *
 * Throws `ConfigurationError` `anchor_required` where none is one of the `trustedIssuers`.
 */
export function trustedOf(client: TrustClient, options: AuthorityOptions): readonly TrustAuthorityOptions[] {
  const addresses = addressesOf(options);
  const trusted = client.anchors
    .list()
    .map((trustAnchor, index) => ({ urls: addresses[index] ?? [], trustAnchor }))
    .filter(({ trustAnchor }) => isTrusted(trustAnchor, options));
  if (trusted.length > 0) return trusted;
  throw new ConfigurationError('anchor_required', 'None of the authorities is one of the `trustedIssuers`.');
}

/**
 * Makes a client that listens to the authorities that count.
 *
 * Rejects as {@link openAuthorities} does, and with `ConfigurationError` `anchor_required` where none of them is one of the `trustedIssuers`.
 */
export async function openTrusted(options: AuthorityOptions): Promise<TrustClient> {
  if (!isSelective(options)) return openAuthorities(options, true);
  const all = await openAuthorities(options, false);
  await all.close();
  const authorities = trustedOf(all, options);
  return createTrustClient({ authorities, subscribe: true, onNotice: options.onTrustNotice ?? warnOfNotice });
}

/** The anchors of the options that count, where there is no authority to be asked; `undefined` for none at all. */
export async function ownAnchors(options: AuthorityOptions): Promise<TrustAnchors | undefined> {
  const { trustAnchors } = options;
  if (trustAnchors === undefined || (trustAnchors instanceof TrustAnchors && !isSelective(options)))
    return trustAnchors;
  const trusted = listOf(trustAnchors).filter((anchor) => isTrusted(anchor, options));
  return createTrustAnchors(trusted);
}

/** Throws `ConfigurationError` `option_invalid` for `trustedIssuers` beside a `trustClient`, which has been told whom to believe. */
export function refuseSelection(options: AuthorityOptions): void {
  if (options.trustClient === undefined || !isSelective(options)) return;
  throw new ConfigurationError('option_invalid', 'A `trustClient` has its own anchors: leave `trustedIssuers` out.');
}

/** Whether not every authority counts. */
export function isSelective({ trustedIssuers }: AuthorityOptions): boolean {
  return trustedIssuers !== undefined && trustedIssuers !== null;
}

function isTrusted({ issuer }: Pick<TrustAnchor, 'issuer'>, { trustedIssuers }: AuthorityOptions): boolean {
  return trustedIssuers === undefined || trustedIssuers === null || trustedIssuers.includes(issuer);
}

/** An operator must not miss whom a program has come to believe. */
function warnOfNotice(notice: TrustNotice): void {
  const options = { type: 'McpsWarning', code: `MCPS_TRUST_${notice.type.toUpperCase()}` };
  if (notice.type === 'pinned') {
    const keys = notice.keyThumbprints.join(', ');
    process.emitWarning(
      `The keys of the authority ${notice.authority} (${keys}) were fetched from ${notice.url} and are believed from now on. ` +
        'Give them as `trustAnchors` to rely on no first contact.',
      options,
    );
  } else if (notice.type === 'fork') {
    process.emitWarning(
      `The authority ${notice.authority} has stated two histories. What it says is believed no more, but its revocations.`,
      options,
    );
  }
}
