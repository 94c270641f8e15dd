import { describe, expectTypeOf, it } from 'vitest';
import type { StatusOutcome, Verified, VerifiedMessage, VerifiedPassport, VerifiedTool } from '../../src/index.js';

// These hold when the package's types are checked: a line marked @ts-expect-error that compiles is an error itself.

/** Stands for any code that relies on a verification. */
declare function rely(passport: VerifiedPassport): void;

describe('in types, what is verified', () => {
  it('is what verification returned, with its members to be read', () => {
    expectTypeOf<VerifiedPassport>().toExtend<Readonly<{ id: string; digest: string }>>();
    expectTypeOf<VerifiedPassport>().toExtend<Verified<object>>();
    const use = (passport: VerifiedPassport): string => {
      rely(passport);
      return passport.id;
    };
    expectTypeOf(use).returns.toBeString();
  });

  it('is no copy of it, whatever becomes of the members', () => {
    const copies = (passport: VerifiedPassport): void => {
      // @ts-expect-error a spread is a copy
      rely({ ...passport });
      // @ts-expect-error a copy with something changed all the more
      rely({ ...passport, id: 'asp_00000000000000000000000000000000' });
      const { id, ...rest } = passport;
      // @ts-expect-error and so is one that was taken apart and put together again
      rely({ ...rest, id });
      // @ts-expect-error a plain object with all the members that there are
      rely(Object.fromEntries(Object.entries(passport)));
    };
    expectTypeOf(copies).toBeFunction();
    expectTypeOf<{ [K in keyof VerifiedPassport]: VerifiedPassport[K] }>().not.toExtend<VerifiedPassport>();
    expectTypeOf<Pick<VerifiedMessage, keyof VerifiedMessage>>().not.toExtend<VerifiedMessage>();
    expectTypeOf<Omit<VerifiedTool, never>>().not.toExtend<VerifiedTool>();
    expectTypeOf<Readonly<StatusOutcome>>().not.toExtend<StatusOutcome>();
  });

  it('is nothing that somebody has written, with a brand of their own or without', () => {
    class Forged {
      readonly #verified = true;

      get isForged(): boolean {
        return this.#verified;
      }
    }
    expectTypeOf<Forged>().not.toExtend<Verified<object>>();
    expectTypeOf<{ readonly id: string }>().not.toExtend<Verified<{ readonly id: string }>>();
  });

  it('is of its own kind', () => {
    expectTypeOf<VerifiedMessage>().not.toExtend<VerifiedPassport>();
    expectTypeOf<VerifiedTool>().not.toExtend<VerifiedMessage>();
  });
});
