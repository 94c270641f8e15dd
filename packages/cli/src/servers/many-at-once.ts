import { setMaxListeners } from 'node:events';

type Fetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * The same `fetch`, for a transport that has one signal for all that it ever sends: each exchange that is open listens to it, and takes its listener away at its end.
 * More than ten calls at the same time are no leak, which is what the runtime would warn of.
 */
export function manyAtOnce(fetch: Fetch): Fetch {
  return (input, init) => {
    const signal = init?.signal;
    if (signal !== undefined && signal !== null) setMaxListeners(0, signal);
    return fetch(input, init);
  };
}
