import { checkStatus, effectiveTrustLevel, verifyPassport } from '@mcps/protocol';
import type { Passport, TrustAnchors, TrustLevel, VerifiedPassport } from '@mcps/protocol';
import { createTrustClient } from '@mcps/trust-client';
import type { TrustClient } from '@mcps/trust-client';
import type { Output } from '../output/output.js';
import { importAnchors, readAnchors } from './anchors.js';

/** Whom to believe, and whom to ask whether a passport still counts. */
export interface TrustSettings {
  readonly anchors?: readonly string[] | undefined;
  readonly trustAuthority?: string | undefined;
}

export interface Judgement {
  readonly verified: VerifiedPassport;
  /** Whether a fresh answer says that it is not revoked; `undefined` where nobody was asked. */
  readonly fresh: boolean | undefined;
  readonly level: TrustLevel;
}

export interface JudgeOptions extends TrustSettings {
  readonly expectedOrigin?: string | undefined;
  readonly expectedPassportId?: string | undefined;
}

/**
 * Verifies a passport, and asks the authority about it where one is given.
 *
 * @throws McpsError for a passport that does not hold or is revoked; TrustClientError where the authority's keys cannot be had.
 */
export async function judgePassport(passport: Passport, options: JudgeOptions, output: Output): Promise<Judgement> {
  const { expectedOrigin, expectedPassportId } = options;
  const expected = {
    ...(expectedOrigin === undefined ? {} : { expectedOrigin }),
    ...(expectedPassportId === undefined ? {} : { expectedPassportId }),
  };
  const judge = async (anchors: TrustAnchors, client?: TrustClient): Promise<Judgement> => {
    const verified = await verifyPassport(passport, { anchors, ...expected });
    if (client === undefined || verified.standing !== 'anchored') {
      return { verified, fresh: undefined, level: effectiveTrustLevel(verified, undefined) };
    }
    const status = await checkStatus(verified, client);
    return { verified, fresh: status.fresh, level: effectiveTrustLevel(verified, status) };
  };
  if (options.trustAuthority === undefined) return judge(await importAnchors(options.anchors ?? []));
  const client = await openTrustClient({ ...options, trustAuthority: options.trustAuthority }, output);
  try {
    return await judge(client.anchors, client);
  } finally {
    await client.close();
  }
}

/** A client of one authority for one question. Its keys are those of the anchors where these are given. */
async function openTrustClient(
  { anchors: files = [], trustAuthority }: TrustSettings & { readonly trustAuthority: string },
  output: Output,
): Promise<TrustClient> {
  const anchors = (await Promise.all(files.map(readAnchors))).flat();
  const [trustAnchor] = anchors;
  return createTrustClient({
    authorities: [{ urls: trustAuthority, ...(trustAnchor === undefined ? {} : { trustAnchor }) }],
    subscribe: false,
    onNotice: (notice) => {
      if (notice.type === 'pinned') {
        output.note(
          `The keys of ${notice.authority} were fetched just now and are believed: give --anchors to rely on more.`,
        );
      }
    },
  });
}
