import { TrustClientError } from '../error.js';

/** Lets all who want the same thing at the same time wait for one attempt to get it. */
export class SingleFlight<K, V> {
  readonly #flights = new Map<K, Promise<V>>();

  constructor(private readonly maxFlights: number) {}

  /** How many are under way. */
  get size(): number {
    return this.#flights.size;
  }

  /** Rejects with `TrustClientError` `overloaded` where too many different things are under way, otherwise as the attempt does. */
  run(key: K, attempt: () => Promise<V>): Promise<V> {
    const flight = this.#flights.get(key);
    if (flight !== undefined) return flight;
    if (this.#flights.size >= this.maxFlights)
      return Promise.reject(new TrustClientError('overloaded', 'Too many requests to the authority are under way.'));
    const started = attempt().finally(() => {
      this.#flights.delete(key);
    });
    this.#flights.set(key, started);
    return started;
  }
}
