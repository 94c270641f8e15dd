import { stat } from 'node:fs/promises';
import { checkPassportValidity, createTrustAnchors, parseTimestamp, verifyPassport } from '@mcps/protocol';
import { describeError } from '../errors/describe.js';
import { readIdentity } from '../identity/identity.js';
import type { Identity } from '../identity/identity.js';
import { importKey } from '../keys/private-key.js';
import type { PassphraseSource } from '../keys/passphrase.js';

/** What a check has come to. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'fault' | 'unreachable';
  readonly detail: string;
}

/** Half of what a message may be dated ahead: from here on it is a matter of luck. */
const CLOCK_WARNING_MS = 30_000;
const CLOCK_FAULT_MS = 60_000;
const EXPIRY_WARNING_MS = 14 * 86_400_000;
const TIMEOUT_MS = 10_000;

/** The runtime: below 20 nothing of this runs. */
export function checkRuntime(version: string): Check {
  const major = Number(version.split('.')[0]);
  return {
    name: 'node',
    state: major >= 20 ? 'ok' : 'fault',
    detail: major >= 20 ? version : `${version}: 20 or later is needed`,
  };
}

/** A file with a secret: who may read it. */
export async function checkMode(path: string, platform: NodeJS.Platform): Promise<Check> {
  const name = `mode of ${path}`;
  try {
    const mode = (await stat(path)).mode & 0o777;
    const shown = mode.toString(8).padStart(4, '0');
    if (platform === 'win32') return { name, state: 'ok', detail: 'not looked at on Windows' };
    return (mode & 0o077) === 0
      ? { name, state: 'ok', detail: shown }
      : { name, state: 'fault', detail: `${shown}: others may read it; chmod 600 ${path}` };
  } catch (error) {
    return { name, state: 'fault', detail: describeError(error).message };
  }
}

/** An identity: whether its key is that of its passport, its passport counts, and somebody that it believes has issued it. */
export async function checkIdentity(file: string, passphrase: PassphraseSource): Promise<readonly Check[]> {
  const name = `identity ${file}`;
  let identity: Identity;
  try {
    identity = await readIdentity({ file }, passphrase);
    const { publicKey } = await importKey(identity.privateKey);
    const held = identity.passport.public_key;
    if (publicKey.jwk.x !== held?.x || publicKey.jwk.y !== held.y) {
      return [{ name, state: 'fault', detail: 'the private key is not that of the passport' }];
    }
  } catch (error) {
    const { code, reason, message } = describeError(error);
    return [{ name, state: 'fault', detail: `${message} (${code} ${reason})` }];
  }
  const { passport, trustAnchors = [] } = identity;
  const checks: Check[] = [{ name, state: 'ok', detail: `${passport.agent.name}, ${passport.passport_id}` }];
  checks.push(checkExpiry(identity));
  if (trustAnchors.length > 0) {
    const label = `passport of ${file}`;
    try {
      const { standing, staticLevel } = await verifyPassport(passport, {
        anchors: await createTrustAnchors(trustAnchors),
      });
      const state = standing === 'anchored' ? 'ok' : 'warning';
      checks.push({ name: label, state, detail: `${standing}, level ${staticLevel}` });
    } catch (error) {
      const { code, reason } = describeError(error);
      checks.push({ name: label, state: 'fault', detail: `${code} ${reason}` });
    }
  }
  return checks;
}

function checkExpiry({ passport }: Identity): Check {
  const name = `expiry of ${passport.passport_id}`;
  const leftMs = parseTimestamp(passport.expires_at) - Date.now();
  try {
    checkPassportValidity(passport, { now: Date.now() });
  } catch (error) {
    return { name, state: 'fault', detail: `${describeError(error).code}: ${passport.expires_at}` };
  }
  return { name, state: leftMs < EXPIRY_WARNING_MS ? 'warning' : 'ok', detail: passport.expires_at };
}

/** An authority: whether it answers and is well, and how far its clock is from ours. */
export async function checkAuthority(url: URL): Promise<readonly Check[]> {
  const name = `authority ${url.origin}`;
  const before = Date.now();
  let response: Response;
  try {
    response = await fetch(new URL('./health', url), { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
  } catch {
    return [{ name, state: 'unreachable', detail: 'does not answer' }];
  }
  const now = (before + Date.now()) / 2;
  const check: Check = { name, state: response.ok ? 'ok' : 'fault', detail: `HTTP ${response.status}` };
  const date = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(date) ? [check] : [check, clockCheck(now - date)];
}

/** @param skewMs our time less theirs, which has no fractions of a second */
function clockCheck(skewMs: number): Check {
  const seconds = Math.round(skewMs / 1000);
  const distance = Math.abs(skewMs);
  const state = distance > CLOCK_FAULT_MS ? 'fault' : distance > CLOCK_WARNING_MS ? 'warning' : 'ok';
  return { name: 'clock', state, detail: `${seconds} s ${seconds < 0 ? 'behind' : 'ahead of'} the authority` };
}
