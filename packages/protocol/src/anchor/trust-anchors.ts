import type { TrustAnchor } from './trust-anchor.js';

/** Known to this module alone, so that a set of anchors can only come from the function that has checked it. */
const construct = Symbol('construct');

/** Makes a set of anchors that have been checked, read anew at every use. Internal to this package. */
export let trustAnchorsOf: (read: () => ReadonlyMap<string, TrustAnchor>) => TrustAnchors;

/**
 * The authorities that a verifier believes, by issuer name: those of `createTrustAnchors`, which never change, or those of `KeySets`, whose keys are always the present
 * ones. Never made by `new`.
 */
export class TrustAnchors {
  readonly #read: () => ReadonlyMap<string, TrustAnchor>;

  static {
    trustAnchorsOf = (read) => new TrustAnchors(construct, read);
  }

  private constructor(token: symbol, read: () => ReadonlyMap<string, TrustAnchor>) {
    if (token !== construct) throw new TypeError('Illegal constructor: use createTrustAnchors instead');
    this.#read = read;
    Object.freeze(this);
  }

  /** How many anchors there are. */
  get size(): number {
    return this.#read().size;
  }

  /** The anchor of that exact issuer name. */
  get(issuer: string): TrustAnchor | undefined {
    return this.#read().get(issuer);
  }

  /** Whether there is an anchor of that exact issuer name. */
  has(issuer: string): boolean {
    return this.#read().has(issuer);
  }

  /** All anchors, in the order of their configuration. */
  list(): readonly TrustAnchor[] {
    return [...this.#read().values()];
  }
}
