import type { ScenarioContext } from './scenarios.js';

interface ClientInformation {
  client_id: string;
  client_secret?: string;
}

interface Tokens {
  access_token: string;
  token_type: string;
}

/**
 * The OAuth side of a client whose user agrees to everything at once: the authorization server of the suite answers with a redirect, of which only the address is
 * looked at. The shape is that of both SDK lines' `OAuthClientProvider`.
 */
export class AgreeingUser {
  readonly redirectUrl = 'http://127.0.0.1/callback';
  /** Never fetched by the suite: it stands for the client where the authorization server takes such names. */
  readonly clientMetadataUrl = 'https://conformance-test.local/client-metadata.json';
  readonly clientMetadata = {
    client_name: 'conformance-fixture',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };
  #information: ClientInformation | undefined;
  #tokens: Tokens | undefined;
  #verifier = '';
  #callback: URLSearchParams | undefined;

  constructor({ client_id, client_secret }: ScenarioContext) {
    if (client_id === undefined) return;
    this.#information = { client_id, ...(client_secret !== undefined && { client_secret }) };
  }

  clientInformation(): ClientInformation | undefined {
    return this.#information;
  }

  saveClientInformation(information: ClientInformation): void {
    this.#information = information;
  }

  tokens(): Tokens | undefined {
    return this.#tokens;
  }

  saveTokens(tokens: Tokens): void {
    this.#tokens = tokens;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    if (scope === 'all' || scope === 'client') this.#information = undefined;
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined;
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    const response = await fetch(url, { redirect: 'manual' });
    const location = response.headers.get('location');
    if (location === null) throw new Error(`The authorization server answered ${response.status} and no redirect.`);
    this.#callback = new URL(location, url).searchParams;
  }

  /** What the browser was sent back with since the last call. */
  takeCallback(): URLSearchParams {
    const callback = this.#callback;
    if (callback === undefined) throw new Error('Nobody was asked to authorize anything.');
    this.#callback = undefined;
    return callback;
  }
}
