import { START_MS, WINDOW_MS } from '../workloads/nonce-traffic.js';
import { MapStore } from './map-store.js';
import { McpsStore } from './mcps-store.js';
import type { NonceStore } from './nonce-store.js';
import { TwoSetsStore } from './two-sets-store.js';

/** The stores that are compared. */
export const STORE_NAMES = ['Map', 'two Sets', 'MCPS'] as const;

export type StoreName = (typeof STORE_NAMES)[number];

/** An empty store that has room for `held` nonces and what has just expired. */
export function createStore(name: StoreName, held: number): NonceStore {
  switch (name) {
    case 'Map':
      return new MapStore();
    case 'two Sets':
      return new TwoSetsStore(WINDOW_MS);
    case 'MCPS':
      return new McpsStore(Math.ceil(held * 1.048576), WINDOW_MS, START_MS);
  }
}
