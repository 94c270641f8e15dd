import type { TrustNotice } from '@mcps/trust-client';

/** Says what an operator must not miss where nobody else is told. */
export function warnOfNotice(notice: TrustNotice): void {
  const text = warningFor(notice);
  if (text !== undefined)
    process.emitWarning(text, { type: 'McpsWarning', code: `MCPS_TRUST_${notice.type.toUpperCase()}` });
}

function warningFor(notice: TrustNotice): string | undefined {
  switch (notice.type) {
    case 'pinned':
      return (
        `The keys of the authority ${notice.authority} (${notice.keyThumbprints.join(', ')}) were fetched from ${notice.url} and are believed ` +
        'from now on. Give them as `trustAnchors` to rely on no first contact.'
      );
    case 'fork':
      return `The authority ${notice.authority} has stated two histories. What it says is believed no more, but its revocations.`;
    case 'state-in-memory':
    case 'feed':
    case 'unavailable':
      return undefined;
  }
}
