import { canonicalize, importPublicKey } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { TEST_KEYS } from '@mcps/vectors';
import { McpsError, createTrustAnchors } from '../../src/index.js';
import type { JsonObject, TrustAnchors, TrustLevel } from '../../src/index.js';

export type Input = Readonly<Record<string, unknown>>;
/** Runs one case; resolves with what comes out, rejects with `McpsError`. */
export type Runner = (input: Input) => unknown;

export async function keyOf(name: unknown): Promise<PublicKey> {
  const key = TEST_KEYS[String(name)];
  if (key === undefined) throw new Error(`There is no key ${String(name)}`);
  return importPublicKey({ ...key.publicJwk, kty: 'EC', crv: 'P-256' });
}

/** The names of keys, in their order. */
export function keyNamesOf(keys: readonly PublicKey[] = []): (string | undefined)[] {
  const names = Object.entries(TEST_KEYS);
  return keys.map((key) => names.find(([, { thumbprint }]) => thumbprint === key.thumbprint)?.[0]);
}

interface AnchorInput {
  readonly issuer: string;
  readonly keys: readonly string[];
  readonly statusKeys?: readonly string[];
  readonly evidenceKeys?: readonly string[];
  readonly ceiling?: { readonly level?: TrustLevel; readonly capabilities?: readonly string[] };
}

export async function anchorsOf(list: unknown): Promise<TrustAnchors> {
  const anchors = await Promise.all(
    (list as AnchorInput[]).map(async ({ issuer, keys, statusKeys, evidenceKeys, ceiling }) => ({
      issuer,
      keys: await Promise.all(keys.map(keyOf)),
      ...(statusKeys === undefined ? {} : { statusKeys: await Promise.all(statusKeys.map(keyOf)) }),
      ...(evidenceKeys === undefined ? {} : { evidenceKeys: await Promise.all(evidenceKeys.map(keyOf)) }),
      ...(ceiling === undefined ? {} : { ceiling }),
    })),
  );
  return createTrustAnchors(anchors, { allowTestKeys: true });
}

export async function signersOf(map: unknown): Promise<(signedBy: string) => PublicKey | undefined> {
  const keys = new Map<string, PublicKey>();
  for (const [id, name] of Object.entries(map as Record<string, string>)) keys.set(id, await keyOf(name));
  return (signedBy) => keys.get(signedBy);
}

/** What became of a case, in the form of the vectors. */
export async function outcomeOf(run: () => unknown): Promise<unknown> {
  try {
    const outputs: unknown = await run();
    return { outcome: 'accept', ...(outputs as object | undefined) };
  } catch (error) {
    if (error instanceof McpsError) return { outcome: 'reject', code: error.code, reason: error.reason };
    throw error;
  }
}

export const object = (value: unknown): JsonObject => value as JsonObject;

/** One step of a sequence, with an outcome of its own. */
export interface Step {
  readonly expect: unknown;
}

/** Runs a sequence; the outcome of every step, with what comes out of it, is compared, and that of the last refused one is the vector's. */
export async function steps<T extends Step>(list: readonly T[], run: (step: T) => unknown): Promise<unknown> {
  let last: McpsError | undefined;
  for (const step of list) {
    const outcome = await outcomeOf(async () => {
      try {
        return await run(step);
      } catch (error) {
        if (error instanceof McpsError) last = error;
        throw error;
      }
    });
    if (canonicalize(outcome) !== canonicalize(step.expect))
      throw new Error(`A step ended as ${canonicalize(outcome)}`);
  }
  if (last !== undefined) throw last;
  return {};
}
