import { isWellFormed } from '@mcps/crypto';
import { sha256HexSync } from '@mcps/crypto/node';
import { DEFAULT_FUTURE_TOLERANCE_MS, DEFAULT_WINDOW_MS, MemoryReplayStore } from '@mcps/protocol';
import { MCPS_VERSION } from './constants.js';

/** A message has no more than this in its nonce; what is longer was never one. */
const MAX_NONCE_LENGTH = 256;

/**
 * Remembers nonces, so that a message is accepted once. In this process's memory, bounded: when it is full it refuses, and forgets none that could be used again.
 *
 * Ask only once a message's signature has been verified: whoever is asked before lets strangers use up the nonces of others. `secureMCP` does.
 */
export class NonceStore {
  /** How many nonces are remembered. */
  readonly nonces: { readonly size: number };
  readonly #windowMs: number;
  #store: MemoryReplayStore | undefined;

  /**
   * @param windowMs how old a message may be, milliseconds; default 300,000
   *
   * Throws `ConfigurationError` `option_invalid` for what is no time.
   */
  constructor(windowMs: number = DEFAULT_WINDOW_MS) {
    const capacity = 1_048_576;
    const store = new MemoryReplayStore({ windowMs, capacity, perPassport: capacity, perPool: capacity });
    this.#store = store;
    this.#windowMs = windowMs;
    const sizeOf = (): number => this.#store?.size ?? 0;
    this.nonces = Object.freeze({
      get size() {
        return sizeOf();
      },
    });
  }

  /**
   * Whether a nonce is seen for the first time; from then on it is not. Never throws. `false` also for what is no nonce, for a store that is full, and for one
   * that was destroyed.
   */
  check(nonce: unknown): boolean {
    if (this.#store === undefined || !isNonce(nonce)) return false;
    const now = Date.now();
    const entry = {
      revision: MCPS_VERSION,
      passportId: '',
      keyThumbprint: '',
      pool: 'nonces',
      // Any text will do: the store takes 128 bits in hex.
      nonce: sha256HexSync(nonce).slice(0, 32),
      // A message may be dated ahead: it can be used for so much longer.
      expiresAtMs: now + this.#windowMs + DEFAULT_FUTURE_TOLERANCE_MS,
    };
    return this.#store.consumeSync([entry], now) === 'accepted';
  }

  /** Forgets everything. From now on no nonce is accepted. */
  destroy(): void {
    this.#store = undefined;
  }
}

function isNonce(nonce: unknown): nonce is string {
  return typeof nonce === 'string' && nonce !== '' && nonce.length <= MAX_NONCE_LENGTH && isWellFormed(nonce);
}
