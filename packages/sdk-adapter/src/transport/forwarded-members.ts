/**
 * Members of official transports, beside the Transport interface itself, that the SDK or the application looks for on a transport. The decorator has
 * each of them exactly where the transport below has it: the SDK takes a present member for a promise.
 */
export const FORWARDED_MEMBERS = [
  // asked for by the SDK
  'setProtocolVersion',
  'setSupportedProtocolVersions',
  'setScopeChallengeResolver',
  'hasPerRequestStream',
  'protocolVersion',
  // called by the application: clients
  'finishAuth',
  'terminateSession',
  'resumeStream',
  'pid',
  'stderr',
  // called by the application: servers
  'handleRequest',
  'handlePostMessage',
  'handleMessage',
  'closeSSEStream',
  'closeStandaloneSSEStream',
] as const;

export type ForwardedMember = (typeof FORWARDED_MEMBERS)[number];

/** Members that only transports over HTTP have, where every message is a request of its own and may overtake another. */
const HTTP_MEMBERS = ['handleRequest', 'handlePostMessage', 'resumeStream', 'finishAuth', 'terminateSession'] as const;

/** Whether messages on this transport may overtake each other, judged by the members it has. */
export function deliversConcurrently(transport: object): boolean {
  return HTTP_MEMBERS.some((name) => name in transport);
}

/** Gives `decorator` live accessors for those members of the list that `inner` has. */
export function forwardMembers(decorator: object, inner: object): void {
  for (const name of FORWARDED_MEMBERS) {
    if (!(name in inner) || name in decorator) continue;
    const bound = new WeakMap<object, unknown>();
    Object.defineProperty(decorator, name, {
      configurable: true,
      enumerable: true,
      get: () => bind(Reflect.get(inner, name), inner, bound),
      set: (value: unknown) => {
        Reflect.set(inner, name, value);
      },
    });
  }
}

/** Methods keep their identity between reads and run on the transport they belong to. */
function bind(value: unknown, owner: object, bound: WeakMap<object, unknown>): unknown {
  if (typeof value !== 'function') return value;
  const known = bound.get(value);
  if (known !== undefined) return known;
  const method: unknown = (value as (...parameters: unknown[]) => unknown).bind(owner);
  bound.set(value, method);
  return method;
}
