import { createHash } from 'node:crypto';
import { ConfigurationError } from '@mcps/protocol';
import type { RedisClient } from './redis-client.js';
import { RedisStoreError } from './redis-store-error.js';

/** How long and how much a store waits for its server. */
export interface ScriptOptions {
  /** How long a reply may take, milliseconds; default 1,000. */
  readonly commandTimeoutMs?: number;
  /** How many commands may await their reply at once; default 10,000. Those that timed out count until the client gives them up. */
  readonly maxPendingCommands?: number;
}

/** A script and the digest that servers know it by. */
export interface Script {
  readonly text: string;
  /** SHA-1 of the text, lower-case hex. */
  readonly sha1: string;
}

export function createScript(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** Runs scripts on a server that may be away, slow or full: every call ends within its time, and none waits for a connection. */
export class ScriptRunner {
  readonly #client: RedisClient;
  readonly #commandTimeoutMs: number;
  readonly #maxPending: number;
  #pending = 0;

  /** @throws ConfigurationError `option_invalid` */
  constructor(client: RedisClient, options: ScriptOptions = {}) {
    this.#client = client;
    this.#commandTimeoutMs = positive('commandTimeoutMs', options.commandTimeoutMs ?? 1_000);
    this.#maxPending = positive('maxPendingCommands', options.maxPendingCommands ?? 10_000);
  }

  /**
   * Runs a script in one round trip; in two the first time that a server sees it.
   *
   * Rejects with `RedisStoreError`: `not_connected`, `overloaded`, `timed_out`, `command_failed`.
   */
  async run(script: Script, keys: readonly string[], values: readonly (string | Buffer)[]): Promise<unknown> {
    const { status } = this.#client;
    // A client that queues what it cannot send would hold it for as long as the server is away.
    if (status !== undefined && status !== 'ready')
      throw new RedisStoreError('not_connected', `There is no connection to Redis (${status}).`);
    if (this.#pending >= this.#maxPending)
      throw new RedisStoreError('overloaded', 'Too many commands await a reply of Redis.');
    this.#pending += 1;
    const reply = this.#evaluate(script, keys, values).finally(() => {
      this.#pending -= 1;
    });
    return this.#inTime(reply);
  }

  async #evaluate(script: Script, keys: readonly string[], values: readonly (string | Buffer)[]): Promise<unknown> {
    try {
      try {
        return await this.#client.evalsha(script.sha1, keys.length, ...keys, ...values);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return await this.#client.eval(script.text, keys.length, ...keys, ...values);
      }
    } catch (cause) {
      throw new RedisStoreError('command_failed', 'Redis did not carry out a command.', { cause });
    }
  }

  async #inTime(reply: Promise<unknown>): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new RedisStoreError('timed_out', `Redis did not reply within ${this.#commandTimeoutMs} ms.`));
      }, this.#commandTimeoutMs);
    });
    try {
      return await Promise.race([reply, timeout]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new ConfigurationError('option_invalid', `The option \`${name}\` must be a whole number from 1 on.`);
}
