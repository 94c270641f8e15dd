import type { StatusSource } from '@mcps/protocol';

/** A source of status that goes on by itself while the command runs: lists in files here, an authority's service elsewhere. */
export interface StatusFeed {
  readonly source: StatusSource;
  /** Ends what goes on. */
  close(): void;
}
