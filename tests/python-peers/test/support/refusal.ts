import { McpsError } from '@mcps/protocol';
import type { Reason } from '@mcps/protocol';

/** Why a verification was refused. Fails where it succeeded, or ended in anything but a refusal; `what` says then what was tried. */
export async function refusalOf(verification: Promise<unknown>, what = 'this'): Promise<Reason> {
  try {
    await verification;
  } catch (error) {
    if (error instanceof McpsError) return error.reason;
    throw error;
  }
  throw new Error(`${what} was verified, and should have been refused`);
}
