import type { StatusQuery, StatusSource } from './status-source.js';

/**
 * Asks a source and waits for at most so long. Resolves to whatever the source answered, unchecked, and to `undefined` where it threw, rejected or kept
 * silent; never rejects. On a timeout the source is told by its signal.
 */
export async function askWithTimeout(source: StatusSource, query: StatusQuery, timeoutMs: number): Promise<unknown> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, timeoutMs);
  });
  try {
    return await Promise.race([ask(source, query, controller.signal), timeout]);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

async function ask(source: StatusSource, query: StatusQuery, signal: AbortSignal): Promise<unknown> {
  try {
    return await source.check(Object.freeze({ ...query }), { signal });
  } catch {
    return undefined;
  }
}
