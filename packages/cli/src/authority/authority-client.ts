import type { PrivateKey } from '@mcps/crypto';
import { provePossession } from '@mcps/protocol';
import type { JsonObject, ProofOfPossession } from '@mcps/protocol';
import { CliError, UsageError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { isObject } from '../files/read-input.js';
import { readSecretFile } from '../files/secret-file.js';
import type { CliProcess } from '../process.js';

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** How an authority is addressed. */
export interface AuthorityOptions {
  /** `https`, or `http` on this machine. */
  readonly url: string;
  /** A bearer token; absent for what needs none. */
  readonly token?: string | undefined;
}

/**
 * The administration of a Trust Authority over HTTP. It fetches and asks; whether a statement is to be believed is for who verifies it.
 *
 * Every method rejects with CliError `authority`: `unreachable` and `timed_out` (exit status 3), or the code of the authority's own refusal (1).
 */
export class AuthorityClient {
  readonly #base: URL;
  readonly #token: string | undefined;

  /** @throws UsageError for an address that is none, or that would carry a token over an open network. */
  constructor({ url, token }: AuthorityOptions) {
    this.#base = authorityUrl(url);
    this.#token = token;
  }

  get(path: string): Promise<JsonObject> {
    return this.#request('GET', path, undefined);
  }

  post(path: string, body: object): Promise<JsonObject> {
    return this.#request('POST', path, body);
  }

  async delete(path: string): Promise<void> {
    await this.#request('DELETE', path, undefined);
  }

  /** Proves to the authority that one holds a key: asks for a challenge, and signs it for the authority that made it. */
  async prove(key: PrivateKey): Promise<ProofOfPossession> {
    const { authority, challenge } = await this.post('/api/enroll', {});
    if (typeof authority !== 'string' || typeof challenge !== 'string') throw malformed();
    return provePossession({ authority, challenge }, key);
  }

  async #request(method: string, path: string, body: object | undefined): Promise<JsonObject> {
    const response = await this.#fetch(method, path, body);
    const text = await readText(response);
    if (response.status === 204) return {};
    const answer = parsed(text);
    if (!response.ok) throw refusal(response.status, answer);
    if (answer === undefined) throw malformed();
    return answer;
  }

  async #fetch(method: string, path: string, body: object | undefined): Promise<Response> {
    try {
      return await fetch(new URL(`.${path}`, this.#base), {
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // An authority is configured: where it points elsewhere, the token must not follow.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      throw new CliError(
        'authority',
        `The authority at ${this.#base.origin} ${timedOut ? 'does not answer' : 'cannot be reached'}.`,
        {
          reason: timedOut ? 'timed_out' : 'unreachable',
          nextStep: 'Is it running, and is the address right? "mcps authority health" asks it.',
          exitCode: EXIT.unreachable,
          cause: error,
        },
      );
    }
  }
}

/**
 * An address that keys and tokens may go to.
 *
 * @throws UsageError
 */
export function authorityUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text.endsWith('/') ? text : `${text}/`) : undefined;
  const isLocal = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (
    url === undefined ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) ||
    url.username !== ''
  ) {
    throw new UsageError('The address of an authority is an https URL, or http on this machine.', {
      reason: 'url_invalid',
    });
  }
  return url;
}

/**
 * The token for the authority: of a file, or of MCPS_AUTHORITY_TOKEN. Never from an argument.
 *
 * @throws UsageError for a file that is open to others.
 */
export async function readToken(
  file: string | undefined,
  { env }: Pick<CliProcess, 'env'>,
): Promise<string | undefined> {
  if (file !== undefined) return (await readSecretFile(file, 'token')).trim();
  const variable = env['MCPS_AUTHORITY_TOKEN']?.trim();
  return variable === '' ? undefined : variable;
}

async function readText(response: Response): Promise<string> {
  const length = Number(response.headers.get('content-length') ?? '0');
  if (length > MAX_ANSWER_BYTES) throw malformed();
  return response.text();
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const NEXT_STEPS: Readonly<Record<string, string>> = {
  token_missing: 'Give a token: --token-file FILE, or MCPS_AUTHORITY_TOKEN.',
  token_invalid: 'The token is unknown, revoked or expired: get another from the operator.',
  scope_missing: 'The token is for other things: get one with the scope that is named.',
  passport_unknown: 'Is this the authority that issued the passport?',
  passport_superseded: 'Renew the latest passport, not an earlier one.',
};

/** Problem details (RFC 9457), with a code for programs. */
function refusal(status: number, answer: JsonObject | undefined): CliError {
  const text = (name: string): string | undefined => {
    const value = answer?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  const reason = text('code') ?? `http_${status}`;
  const mcps = text('mcps');
  const detail = text('detail') ?? text('title') ?? 'no reason was given';
  return new CliError('authority', `The authority refuses (${status}): ${detail}`, {
    reason,
    nextStep: NEXT_STEPS[reason] ?? 'Ask the operator of the authority; its log has the request.',
    exitCode: status === 503 ? EXIT.unreachable : EXIT.refused,
    ...(mcps === undefined ? {} : { mcps }),
  });
}

function malformed(): CliError {
  return new CliError('authority', 'What answers is no Trust Authority.', {
    reason: 'answer_malformed',
    nextStep: 'Check the address.',
    exitCode: EXIT.unreachable,
  });
}
