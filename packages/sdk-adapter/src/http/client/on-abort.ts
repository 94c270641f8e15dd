const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` once a signal is aborted. Returns what takes that back. However many listen, the signal itself has one listener: clients have one signal for all
 * that they send, and more than ten listeners look like a leak to a runtime.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const known = listeners.get(signal);
  const all = known ?? new Set();
  all.add(listener);
  if (known === undefined) {
    listeners.set(signal, all);
    signal.addEventListener('abort', tell, { once: true });
  }
  return () => {
    if (!all.delete(listener) || all.size > 0 || listeners.get(signal) !== all) return;
    listeners.delete(signal);
    signal.removeEventListener('abort', tell);
  };
}

function tell(this: AbortSignal): void {
  const all = listeners.get(this) ?? [];
  listeners.delete(this);
  for (const listener of all) listener();
}
