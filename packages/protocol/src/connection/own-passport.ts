import type { PassportMember } from '../profile/index.js';
import { isObject } from '../json-rpc/index.js';
import type { SecurityConfig } from './security-options.js';
import type { SessionState } from './session-state.js';

/** The member that carries our own passport and, where there is one to be had in time, the staple that spares the peer a question to the authority. */
export async function ownPassport({ config }: SessionState): Promise<{ readonly passport: PassportMember }> {
  const { passport } = config;
  if (config.ownStaple === undefined) return { passport: { passport } };
  const staple = await stapleWithin(config.ownStaple, config.statusTimeoutMs);
  return { passport: staple === undefined ? { passport } : { passport, staple } };
}

/** Never rejects: a peer that gets no staple asks the authority itself. */
async function stapleWithin(
  provider: NonNullable<SecurityConfig['ownStaple']>,
  timeoutMs: number,
): Promise<Record<string, unknown> | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    const staple: unknown = await Promise.race([provider(), tooLate]);
    return isObject(staple) ? { ...staple } : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
