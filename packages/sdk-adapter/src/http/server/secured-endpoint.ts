import { ConfigurationError, McpsError } from '@mcps/protocol';
import { asError } from '../../error.js';
import { SERVER_CARRIERS } from '../../options/carriers.js';
import { batchPolicy, positiveOption, publicPathOf } from '../../options/http-options.js';
import type { HandlerOptions } from '../../options/http-options.js';
import { checkOptionNames, queueCapacity, resolveOptions } from '../../options/options.js';
import type { ResolvedOptions, SecureOptions } from '../../options/options.js';
import { DEFAULT_BODY_BYTES } from '../body/read-body.js';
import { answerBodiless } from './answer-bodiless.js';
import { answerBatch, answerMessage } from './answer-post.js';
import type { PostSetting } from './answer-post.js';
import type { HandlerExtra, RequestHandler } from './handler.js';
import type { Lease } from './lease.js';
import { isInitialize, readPosted } from './posted-body.js';
import type { PostLimits } from './posted-body.js';
import { unsignedError, unsignedRefusal } from './refusals.js';
import { ServerConnection } from './server-connection.js';
import { SessionStore } from './session-store.js';

/** Options of `secureHandler`. */
export type SecureHandlerOptions = SecureOptions & HandlerOptions;

const SESSION_HEADER = 'mcp-session-id';
const SESSION_NOT_FOUND = -32001;
const DEFAULT_BATCH_MESSAGES = 50;
const DEFAULT_SESSIONS = 10_000;
const DEFAULT_IDLE_MS = 30 * 60 * 1000;

/** What all requests share, once the options have been resolved. */
interface Opened {
  readonly resolved: ResolvedOptions;
  readonly sessions: SessionStore;
}

/** A handler's whole state: its sessions, and the options that they share. */
export class SecuredEndpoint {
  readonly #limits: PostLimits;
  readonly #capacity: number;
  readonly #setting: PostSetting;
  readonly #maxSessions: number;
  readonly #idleMs: number;
  #opening: Promise<Opened> | undefined;
  #closed = false;

  /** @throws ConfigurationError `option_missing`, `option_invalid` for what shows without reading keys and passports. */
  constructor(
    private readonly handler: RequestHandler,
    private readonly options: SecureHandlerOptions,
  ) {
    if (typeof handler !== 'function')
      throw new ConfigurationError('option_invalid', 'The handler must be a function.');
    checkOptionNames(options);
    this.#capacity = queueCapacity(options);
    this.#setting = {
      handler,
      createAuthInfo: options.createAuthInfo !== false,
      publicPath: publicPathOf(options.publicUrl),
    };
    this.#maxSessions = positiveOption('maxSessions', options.maxSessions, DEFAULT_SESSIONS);
    this.#idleMs = positiveOption('sessionIdleMs', options.sessionIdleMs, DEFAULT_IDLE_MS);
    this.#limits = {
      maxBodyBytes: positiveOption('maxBodyBytes', options.maxBodyBytes, DEFAULT_BODY_BYTES),
      maxBatchMessages: positiveOption('maxBatchMessages', options.maxBatchMessages, DEFAULT_BATCH_MESSAGES),
      batches: batchPolicy(options.batches),
    };
    // At once: the memory of nonces refuses what was signed before it began, and without a session that would be the first request.
    this.#open().catch((error: unknown) => this.#report(asError(error, 'The options could not be resolved.')));
  }

  /** Resolves once requests can be taken; rejects with the fault of the configuration, as often as it is asked. */
  async ready(): Promise<void> {
    await this.#open();
  }

  async handle(request: Request, extra: HandlerExtra | undefined): Promise<Response> {
    const opened = await this.#open();
    if (this.#closed) return unsignedError(503, SESSION_NOT_FOUND, 'The server is shutting down');
    switch (request.method) {
      case 'POST':
        return this.#post(request, extra, opened);
      case 'GET':
      case 'DELETE':
        return this.#bodiless(request, extra, opened);
      default:
        return new Response(null, { status: 405, headers: { allow: 'GET, POST, DELETE' } });
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#opening
      ?.then(({ resolved, sessions }) => {
        sessions.clear();
        resolved.trust?.release();
      })
      .catch(() => undefined);
  }

  #open(): Promise<Opened> {
    this.#opening ??= this.#resolve();
    // Whatever failed may be mended by the next request: an authority that could not be reached, for one.
    this.#opening.catch(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #resolve(): Promise<Opened> {
    const resolved = await resolveOptions('server', this.options, SERVER_CARRIERS);
    // Held for as long as the handler is: connections that last for one request each must not close and open it every time.
    resolved.trust?.acquire();
    return { resolved, sessions: new SessionStore(this.#maxSessions, this.#idleMs, resolved.config.clock) };
  }

  async #post(request: Request, extra: HandlerExtra | undefined, opened: Opened): Promise<Response> {
    const posted = await readPosted(request, extra, this.#limits);
    if (posted.type === 'refused') return posted.response;
    const begins = posted.type === 'message' && isInitialize(posted.message);
    const lease = this.#lease(request, begins, opened);
    if (lease instanceof Response) return lease;
    try {
      const post = { request, extra, lease };
      return posted.type === 'batch'
        ? await answerBatch(post, posted.messages, this.#setting)
        : await answerMessage(post, posted.message, this.#setting);
    } catch (error) {
      lease.done();
      throw error;
    }
  }

  async #bodiless(
    request: Request,
    extra: HandlerExtra | undefined,
    { resolved, sessions }: Opened,
  ): Promise<Response> {
    const id = request.headers.get(SESSION_HEADER);
    // Without sessions there is no stream to open and nothing to end.
    if (resolved.config.stateless || id === null)
      return new Response(null, { status: 405, headers: { allow: 'POST' } });
    const lease = this.#leaseOf(id, sessions);
    if (lease === undefined) return unsignedError(404, SESSION_NOT_FOUND, 'Session not found');
    try {
      return await answerBodiless({ request, extra, lease }, () => sessions.delete(id), this.#setting);
    } catch (error) {
      lease.done();
      throw error;
    }
  }

  /** The session that a request names, or a connection of its own. Nothing of the request is believed for that. */
  #lease(request: Request, begins: boolean, { resolved, sessions }: Opened): Lease | Response {
    const { stateless } = resolved.config;
    const id = stateless ? null : request.headers.get(SESSION_HEADER);
    if (id !== null) return this.#leaseOf(id, sessions) ?? unsignedError(404, SESSION_NOT_FOUND, 'Session not found');
    if (stateless || !begins) return this.#lend(resolved, sessions, false);
    if (!sessions.reserve()) return unsignedRefusal(503, new McpsError('connection_limit'));
    return this.#lend(resolved, sessions, true);
  }

  #leaseOf(id: string, sessions: SessionStore): Lease | undefined {
    const used = sessions.use(id);
    return used && { ...used, begins: false, keepAs: () => undefined };
  }

  #lend(resolved: ResolvedOptions, sessions: SessionStore, begins: boolean): Lease {
    const connection = new ServerConnection({
      options: this.options,
      capacity: this.#capacity,
      observe: resolved.config.observe,
      report: (error) => this.#report(error),
      inject: (request) => this.#inject(request),
    });
    let isKept = false;
    let isDone = false;
    return {
      connection,
      begins,
      keepAs: (sessionId) => {
        isKept = true;
        sessions.set(sessionId, connection);
      },
      done: () => {
        if (isDone) return;
        isDone = true;
        if (begins) sessions.release();
        if (!isKept) connection.close();
      },
    };
  }

  #report(error: Error): void {
    try {
      this.options.onError?.(error);
    } catch {
      // There is nobody left to tell.
    }
  }

  /** Tells the application what no request of the client brought. */
  #inject(request: Request): void {
    this.handler(request)
      .then((response) => response.body?.cancel())
      .catch((error: unknown) => this.#report(asError(error, 'The handler failed.')));
  }
}
