// Started by the benchmark in a process of its own, so that nobody else's memory counts:
// node --expose-gc fill-store.js <store> <nonces to hold> <nonces to pass through after that>
import { createStore, STORE_NAMES } from '../stores/create-store.js';
import type { StoreName } from '../stores/create-store.js';
import type { NonceStore } from '../stores/nonce-store.js';
import { NonceTraffic } from '../workloads/nonce-traffic.js';

/** What became of a store. */
export interface FilledStore {
  readonly bytesPerNonce: number;
  /** The longest that a single call took, without what others took from it. */
  readonly worstStallNs: number;
}

function usedBytes(): number {
  if (globalThis.gc === undefined) throw new Error('Start this with --expose-gc');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** So many calls share one look at the processor time, which takes longer than the calls. */
const CALLS_PER_LOOK = 50;

/**
 * The longest call, nanoseconds. On a busy machine the clock runs on while others have the processor: what this process lost to them around the call
 * is taken off.
 */
function pass(store: NonceStore, traffic: NonceTraffic, count: number): number {
  let worstMs = 0;
  for (const part of traffic.next(count)) {
    let look = { atMs: 0, cpu: process.cpuUsage() };
    for (const [index, { entry, nowMs }] of part.entries()) {
      if (index % CALLS_PER_LOOK === 0) look = { cpu: process.cpuUsage(), atMs: performance.now() };
      const startMs = performance.now();
      const isNew = store.consume(entry, nowMs);
      const endMs = performance.now();
      if (!isNew) throw new Error(`${store.name} takes a new nonce for a repetition`);
      const tookMs = endMs - startMs;
      if (tookMs > worstMs)
        worstMs = Math.max(worstMs, tookMs - Math.max(0, endMs - look.atMs - processorMs(look.cpu)));
    }
  }
  return worstMs * 1e6;
}

function processorMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Has code compiled, and its feedback allocated, before anybody looks at memory. A function, so that nothing of it stays reachable. */
function warmUp(name: StoreName): void {
  const held = 20_000;
  pass(createStore(name, held), new NonceTraffic(held), held);
}

function fill(name: StoreName, held: number, further: number): FilledStore {
  warmUp(name);
  const before = usedBytes();
  const store = createStore(name, held);
  const traffic = new NonceTraffic(held);
  const fillStallNs = pass(store, traffic, held);
  const bytesPerNonce = (usedBytes() - before) / held;
  if (store.size < held) throw new Error(`${name} holds ${store.size} nonces of ${held}`);
  return { bytesPerNonce, worstStallNs: Math.max(fillStallNs, pass(store, traffic, further)) };
}

const [wanted, held, further] = process.argv.slice(2);
const name = STORE_NAMES.find((each) => each === wanted);
if (name === undefined) throw new Error(`There is no store "${String(wanted)}"`);
process.stdout.write(JSON.stringify(fill(name, Number(held), Number(further))));
