import { ConfigurationError } from '@mcps/protocol';
import { importPublicKey } from '@mcps/crypto';
import type { PublicJwk, PublicKey } from '@mcps/crypto';
import type { SignedToolset } from '@mcps/protocol';

/** How a server states its whole list of tools. */
export interface ToolsetOptions {
  /**
   * The number of the present list, which grows whenever the list changes. Default: the time at which this process first listed it after another, in
   * milliseconds. Replicas whose list changes while they run need one that they share.
   */
  readonly version?: number | (() => number);
  /** The statement of an author over the whole list, from `signToolset`: listed as it is, in place of one of the server. */
  readonly statement?: SignedToolset;
}

/** How tools are signed and verified. */
export interface ToolOptions {
  /** Server: sign every listed tool that carries no signature yet. Default true. */
  readonly sign?: boolean;
  /**
   * Server: how the whole list, all of its pages, is stated; `false` for not at all. The pages that a client has not asked for yet are asked of the
   * application ahead. Default: signed by the server, unless the application has put the statement of an author into the result.
   */
  readonly toolset?: ToolsetOptions | false;
  /**
   * Client: whether a list that nobody has stated is refused. Default: where one of this server has been accepted before, as nothing but a change for the worse
   * takes the statement away. Where `authors` are given, only their statements count: `true` then keeps servers and gateways in between from leaving out,
   * adding, moving or renaming a tool.
   */
  readonly requireToolset?: boolean;
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
  /**
   * Client: what becomes of a listed tool that fails: it is removed from the list, or the whole list is refused. Default `remove`. A list that is not the one
   * that was stated is always refused.
   */
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
  /** `undefined`: where this server has had one before. */
  readonly requireToolset: boolean | undefined;
  readonly toolset: {
    readonly state: boolean;
    readonly version: (() => number) | undefined;
    readonly statement: SignedToolset | undefined;
  };
}

/** @throws ConfigurationError `option_invalid` for an author's key that is none, or an unknown `onFailure`. */
export async function resolveToolPolicy(options: ToolOptions = {}): Promise<ToolPolicy> {
  const { sign = true, onFailure = 'remove', requireVerified = false, toolset = {} } = options;
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
    requireToolset: options.requireToolset,
    toolset: resolveToolset(toolset),
  };
}

function resolveToolset(options: ToolsetOptions | false): ToolPolicy['toolset'] {
  if (options === false) return { state: false, version: undefined, statement: undefined };
  const { version, statement } = options;
  if (typeof version === 'number' && (!Number.isSafeInteger(version) || version < 0)) {
    throw new ConfigurationError('option_invalid', 'tools.toolset.version must be a whole number from 0 on.');
  }
  return { state: true, version: typeof version === 'number' ? () => version : version, statement };
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
