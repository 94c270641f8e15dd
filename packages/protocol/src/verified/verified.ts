/** Exists in types only. Its private field is no member that a copy could have: neither an object that looks alike nor a spread of the real one fits. */
declare abstract class VerifiedBrand {
  // eslint-disable-next-line no-unused-private-class-members -- there is nothing to use: it is there for the compiler
  readonly #verified: true;
}

/** What kinds of value verification can vouch for. */
export type VerifiedKind =
  | 'message'
  | 'passport'
  | 'tool'
  | 'toolset'
  | 'model'
  | 'binding'
  | 'status'
  | 'status-list'
  | 'status-list-delta'
  | 'status-bitmap'
  | 'signed-status'
  | 'staple'
  | 'tree-head'
  | 'possession'
  | 'session-header'
  | 'event'
  | 'key-set'
  | 'bundle'
  | 'log-entry'
  | 'rotation-proof';

/**
 * A value that the verification code of this package has verified and minted: frozen, and impossible to write by hand or to copy. The
 * docstring of the function that returned it says what has been verified.
 */
export type Verified<T> = Readonly<T> & VerifiedBrand;

/** Constructs the very object that it is given, so that the fields of a class that extends it are added to that one. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- it exists to be extended: a function has no private fields to add
class Given {
  constructor(value: object) {
    return value;
  }
}

/** Marks an object with a private field: no code but this can read, add or copy it. A WeakMap would do, at ten times the cost. */
class Mint extends Given {
  readonly #kind: VerifiedKind;

  constructor(value: object, kind: VerifiedKind) {
    super(value);
    this.#kind = kind;
  }

  static kindOf(value: object): VerifiedKind | undefined {
    return #kind in value ? value.#kind : undefined;
  }
}

/**
 * Freezes a value that has just been verified (its own members, not what they hold) and marks it as verified. Internal to this package:
 * only code that has performed the verification may call it.
 */
export function markVerified<T extends object>(value: T, kind: VerifiedKind): Verified<T> {
  // The brand exists in types only: the private field is its counterpart at run time.
  return Object.freeze(new Mint(value, kind)) as object as Verified<T>;
}

/**
 * Whether `value` is the very object that verification returned, of that kind where one is given. A copy, a spread or a parsed form of it
 * is not.
 */
export function isVerified(value: unknown, kind?: VerifiedKind): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const minted = Mint.kindOf(value);
  return minted !== undefined && (kind === undefined || minted === kind);
}
