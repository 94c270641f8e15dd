import type { TrustAnchor } from './trust-anchor.js';

/** Known to this module alone, so that a set of anchors can only come from the function that has checked it. */
const construct = Symbol('construct');

/** Makes a set of anchors that have been checked. Internal to this package. */
export let trustAnchorsOf: (anchors: ReadonlyMap<string, TrustAnchor>) => TrustAnchors;

/** The authorities that a verifier believes, by issuer name. Immutable; made by `createTrustAnchors`, never by `new`. */
export class TrustAnchors {
  readonly #anchors: ReadonlyMap<string, TrustAnchor>;

  static {
    trustAnchorsOf = (anchors) => new TrustAnchors(construct, anchors);
  }

  private constructor(token: symbol, anchors: ReadonlyMap<string, TrustAnchor>) {
    if (token !== construct) throw new TypeError('Illegal constructor: use createTrustAnchors instead');
    this.#anchors = anchors;
    Object.freeze(this);
  }

  /** How many anchors there are. */
  get size(): number {
    return this.#anchors.size;
  }

  /** The anchor of that exact issuer name. */
  get(issuer: string): TrustAnchor | undefined {
    return this.#anchors.get(issuer);
  }

  /** Whether there is an anchor of that exact issuer name. */
  has(issuer: string): boolean {
    return this.#anchors.has(issuer);
  }

  /** All anchors, in the order of their configuration. */
  list(): readonly TrustAnchor[] {
    return [...this.#anchors.values()];
  }
}
