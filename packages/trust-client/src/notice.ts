/** What an operator may want to know of a client's dealings with an authority. Holds no secret. */
export type TrustNotice =
  /** The keys of an authority were fetched for want of configured ones, and are believed from now on. */
  | {
      readonly type: 'pinned';
      readonly authority: string;
      readonly url: string;
      readonly keyThumbprints: readonly string[];
    }
  /** What must not be forgotten lasts only as long as the process. */
  | { readonly type: 'state-in-memory' }
  /** Revocations are heard as they are made, or no longer. */
  | { readonly type: 'feed'; readonly authority: string; readonly isLive: boolean }
  /** Something of an authority cannot be had, or not be believed, at the moment. `error` is a `TrustClientError` or an `McpsError`. */
  | {
      readonly type: 'unavailable';
      readonly authority: string;
      readonly what: 'feed' | 'list' | 'key-set' | 'history';
      readonly error: unknown;
    }
  /** The authority has stated two histories: see the reason `status_fork`. */
  | { readonly type: 'fork'; readonly authority: string; readonly error: unknown };

export type NoticeListener = (notice: TrustNotice) => void;

/** What a listener throws changes nothing. */
export function shieldNotices(listener: NoticeListener | undefined): NoticeListener {
  return (notice) => {
    try {
      listener?.(notice);
    } catch {
      // An operator's logger must not decide whether somebody is revoked.
    }
  };
}
