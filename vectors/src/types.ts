/** What must become of a vector: accepted, with what comes out, or rejected with an exact code, and a reason where the suite has reasons. */
export type Expectation =
  | ({ readonly outcome: 'accept' } & Readonly<Record<string, unknown>>)
  | { readonly outcome: 'reject'; readonly code: string; readonly reason?: string };

/** One case. What stands in `input` the suite's schema says. */
export interface Vector {
  /** The suite's name, a slash, and a slug: never used again for another case. */
  readonly id: string;
  readonly title: string;
  /** The rule that it guards. */
  readonly rule: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}

/** What a suite is about: encodings and keys, what verifies by itself, a client that remembers what it has been told, or audit trails. */
export type Layer = 'crypto' | 'protocol' | 'trust-client' | 'audit';

export interface Suite {
  readonly suite: string;
  /** Who has to pass it. Rejections of `crypto` and `audit` have codes of their own, all others MCPS codes and reasons. */
  readonly layer: Layer;
  /** The section of the specification. */
  readonly spec: string;
  readonly description: string;
  readonly vectors: readonly Vector[];
}

export interface ManifestEntry {
  readonly suite: string;
  readonly layer: Layer;
  readonly file: string;
  readonly accept: number;
  readonly reject: number;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
}

export interface Manifest {
  readonly version: string;
  readonly total: number;
  readonly accept: number;
  readonly reject: number;
  readonly suites: readonly ManifestEntry[];
}

export interface TestKey {
  readonly publicJwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y: string };
  readonly privateJwk: {
    readonly kty: string;
    readonly crv: string;
    readonly x: string;
    readonly y: string;
    readonly d: string;
  };
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
}
