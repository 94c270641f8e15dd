import { CustodyError } from '../custody-error.js';
import { CKR } from './constants.js';
import type { Cryptoki } from './cryptoki.js';
import { CryptokiError } from './cryptoki.js';

export interface TokenOptions {
  /** `CKA_LABEL` of the token. */
  readonly tokenLabel: string;
  readonly pin: Uint8Array;
  /** The most sessions open at once, each doing one operation at a time. */
  readonly maxSessions: number;
  /** How long an operation may take, in milliseconds. */
  readonly timeLimitMs: number;
}

/** The most operations that wait for a session: further ones are refused rather than kept waiting without end. */
const MAX_WAITING = 1024;

/** After these the session is of no use, but a new one with a new login may be. */
const SESSION_LOST: ReadonlySet<number> = new Set([
  CKR.SESSION_CLOSED,
  CKR.SESSION_HANDLE_INVALID,
  CKR.USER_NOT_LOGGED_IN,
  CKR.DEVICE_REMOVED,
  CKR.TOKEN_NOT_PRESENT,
]);

/** Logged-in sessions with one token, opened as they are needed and again after the token was away. */
export class SessionPool {
  readonly #idle: number[] = [];
  readonly #waiting = new Set<Waiter>();
  readonly #running = new Set<Promise<unknown>>();
  #turns = 0;
  readonly #cryptoki: Cryptoki;
  readonly #options: TokenOptions;

  constructor(cryptoki: Cryptoki, options: TokenOptions) {
    this.#cryptoki = cryptoki;
    this.#options = options;
  }

  /**
   * Runs an operation in a session of its own; once more in a new session where the first one was lost.
   *
   * Throws `CustodyError` `custody_unavailable`: also for an operation beyond the time limit, and for one too many that waits.
   */
  async run<T>(operation: (session: number) => Promise<T>): Promise<T> {
    const limit = timeLimit(this.#options.timeLimitMs);
    try {
      await this.#takeTurn(limit.passed);
      const work = this.#work(operation);
      // A call that hangs keeps its turn: nothing can end it, and every further one would take another thread away.
      this.#running.add(work);
      const settled = () => {
        this.#running.delete(work);
        this.#giveTurn();
      };
      work.then(settled, settled);
      return await Promise.race([work, limit.passed]);
    } finally {
      limit.clear();
    }
  }

  /**
   * Waits for what is running, up to the time limit, and closes the sessions. Resolves to whether the module is at rest: under a call that still hangs it must
   * not be finalised.
   */
  async close(): Promise<boolean> {
    const limit = timeLimit(this.#options.timeLimitMs);
    await Promise.race([Promise.allSettled(this.#running), limit.passed]).catch(() => undefined);
    limit.clear();
    this.#options.pin.fill(0);
    if (this.#running.size > 0) return false;
    await Promise.allSettled(this.#idle.splice(0).map((session) => this.#cryptoki.closeSession(session)));
    return true;
  }

  async #work<T>(operation: (session: number) => Promise<T>): Promise<T> {
    try {
      return await this.#inSession(operation);
    } catch (error) {
      if (!(error instanceof CryptokiError) || !SESSION_LOST.has(error.returnValue)) throw error;
      // What the token said of this session holds for its neighbours.
      this.#idle.length = 0;
      return this.#inSession(operation);
    }
  }

  async #inSession<T>(operation: (session: number) => Promise<T>): Promise<T> {
    const session = this.#idle.pop() ?? (await this.#login());
    try {
      const result = await operation(session);
      this.#idle.push(session);
      return result;
    } catch (error) {
      // In what state a failed call leaves its session is the module's secret.
      if (error instanceof CryptokiError) await this.#cryptoki.closeSession(session).catch(() => undefined);
      else this.#idle.push(session);
      throw error;
    }
  }

  async #takeTurn(limitPassed: Promise<never>): Promise<void> {
    if (this.#turns < this.#options.maxSessions) {
      this.#turns += 1;
      return;
    }
    if (this.#waiting.size >= MAX_WAITING) {
      throw new CustodyError('custody_unavailable', 'Too many operations wait for the token.');
    }
    const waiter = new Waiter();
    this.#waiting.add(waiter);
    try {
      await Promise.race([waiter.turn, limitPassed]);
    } catch (error) {
      // The turn may have come in the same moment as the end of the time.
      if (!this.#waiting.delete(waiter)) this.#giveTurn();
      throw error;
    }
  }

  #giveTurn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#turns -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.wake?.();
  }

  async #login(): Promise<number> {
    const { tokenLabel, pin } = this.#options;
    const tokens = (await this.#cryptoki.tokens()).filter(({ label }) => label === tokenLabel);
    const [token, ...others] = tokens;
    if (token === undefined || others.length > 0) {
      const found = token === undefined ? 'no token' : 'more than one token';
      throw new CustodyError('custody_unavailable', `There is ${found} with the label "${tokenLabel}".`);
    }
    const session = await this.#cryptoki.openSession(token.slot);
    try {
      await this.#cryptoki.login(session, pin);
    } catch (error) {
      await this.#cryptoki.closeSession(session).catch(() => undefined);
      throw pinFault(error) ?? error;
    }
    return session;
  }
}

class Waiter {
  wake: (() => void) | undefined;
  readonly turn = new Promise<void>((resolve) => (this.wake = resolve));
}

function pinFault(error: unknown): CustodyError | undefined {
  if (!(error instanceof CryptokiError)) return undefined;
  if (error.returnValue === CKR.PIN_INCORRECT) {
    return new CustodyError('custody_passphrase_wrong', 'The token refuses the PIN.', { cause: error });
  }
  if (error.returnValue === CKR.PIN_LOCKED) {
    return new CustodyError('custody_passphrase_wrong', 'The token is locked after too many wrong PINs.', {
      cause: error,
    });
  }
  return undefined;
}

/** Rejects when the time has passed, until it is cleared. */
function timeLimit(limitMs: number): { readonly passed: Promise<never>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    const late = () =>
      reject(new CustodyError('custody_unavailable', `The token did not answer within ${limitMs} ms.`));
    timer = setTimeout(late, limitMs);
  });
  // Whoever waits for it is told; with nobody waiting it is no fault of anybody's.
  passed.catch(() => undefined);
  return { passed, clear: () => clearTimeout(timer) };
}
