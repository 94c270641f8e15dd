import type { FetchLike, RequestHandler } from '@mcps/sdk-adapter/http';
import type { Contestant } from '../harness/contestant.js';
import type { Security } from './identities.js';

/** A client that is connected, reduced to what is measured. */
export interface Session {
  /** Calls the tool once. Rejects where it does not answer. */
  call(): Promise<void>;
  close(): Promise<void>;
}

/** One line of the official SDK in one revision of MCP. */
export interface SdkLine {
  /** The line and the revision, for example `1.x 2025-11-25`. */
  readonly name: string;
  /** Its handler keeps no sessions. */
  readonly stateless: boolean;
  /** The program in which it serves stdio. */
  readonly stdioProgram: string;
  /** The search server as a web-standard handler; with `security`, each server in it is secured by itself. */
  handler(security?: Security): RequestHandler;
  /** The official client, connected to that handler; secured by its `fetch`, or by itself. */
  connectHttp(url: URL, by: { readonly fetch?: FetchLike; readonly security?: Security | undefined }): Promise<Session>;
  /** The same, connected to a child process. */
  connectStdio(args: readonly string[], security: Security | undefined): Promise<Session>;
}

/** The call of 250 bytes. */
export const SEARCH = {
  name: 'search_documents',
  arguments: { query: 'quarterly report of the northern region', limit: 25, includeArchived: false },
};

/** @throws Error unless this is what the tool answers. */
export function expectAnswer(result: Readonly<Record<string, unknown>>): void {
  const { isError, content } = result;
  if (isError === true || !Array.isArray(content) || content.length !== 1) throw new Error('The tool has not answered');
}

/** Calls the tool again and again, one call after the other. */
export function caller(name: string, session: Session, rest: Partial<Contestant> = {}): Contestant {
  return {
    name,
    ...rest,
    run: (operations, watch) =>
      watch.timeAsync(async () => {
        for (let left = operations; left > 0; left--) await session.call();
      }),
  };
}
