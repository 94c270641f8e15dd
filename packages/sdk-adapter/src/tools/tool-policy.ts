import { ConfigurationError } from '@mcps/protocol';
import { importPublicKey } from '@mcps/crypto';
import type { PublicJwk, PublicKey } from '@mcps/crypto';

/** How tools are signed and verified. */
export interface ToolOptions {
  /** Server: sign every listed tool that carries no signature yet. Default true. */
  readonly sign?: boolean;
  /**
   * Client: by whom tools must be signed: public keys (JWK, SPKI PEM or imported) by the passport id that signatures name. Where given, signatures of
   * anyone else, the server's own included, do not count. Default: the server of the session.
   */
  readonly authors?: Readonly<Record<string, PublicJwk | PublicKey | string>>;
  /**
   * Client: whether a tool without a signature fails verification. Default: true for servers that speak MCPS, which sign what they list, and wherever
   * `authors` are given; false for a server that is let in without MCPS. `false` accepts unsigned tools of every server: whoever can change such a
   * tool before the server lists it is not noticed.
   */
  readonly requireSignature?: boolean;
  /** Client: what becomes of a listed tool that fails: it is removed from the list, or the whole list is refused. Default `remove`. */
  readonly onFailure?: 'remove' | 'refuse';
  /** Client: whether only tools that have been listed and verified on this connection may be called. Default false. */
  readonly requireVerified?: boolean;
}

/** {@link ToolOptions} with keys parsed and defaults filled in. */
export interface ToolPolicy {
  readonly sign: boolean;
  readonly authors: ReadonlyMap<string, PublicKey> | undefined;
  /** `undefined`: where the list itself was signed. */
  readonly requireSignature: boolean | undefined;
  readonly onFailure: 'remove' | 'refuse';
  readonly requireVerified: boolean;
}

/** @throws ConfigurationError `option_invalid` for an author's key that is none, or an unknown `onFailure`. */
export async function resolveToolPolicy(options: ToolOptions = {}): Promise<ToolPolicy> {
  const { sign = true, onFailure = 'remove', requireVerified = false } = options;
  if (!['remove', 'refuse'].includes(onFailure)) {
    throw new ConfigurationError('option_invalid', 'tools.onFailure must be "remove" or "refuse".');
  }
  const authors = options.authors === undefined ? undefined : await importAuthors(options.authors);
  return {
    sign,
    authors,
    requireSignature: options.requireSignature ?? (authors === undefined ? undefined : true),
    onFailure,
    requireVerified,
  };
}

async function importAuthors(authors: NonNullable<ToolOptions['authors']>): Promise<ReadonlyMap<string, PublicKey>> {
  const keys = new Map<string, PublicKey>();
  for (const [id, source] of Object.entries(authors)) {
    try {
      keys.set(id, await importPublicKey(source));
    } catch (error) {
      throw new ConfigurationError(
        'option_invalid',
        `tools.authors: the key of ${JSON.stringify(id)} is no P-256 public key.`,
        { cause: error },
      );
    }
  }
  return keys;
}
