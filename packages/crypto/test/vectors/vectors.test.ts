import { SUITES, decodeTagged } from '@mcps/vectors';
import type { SuiteName, Vector } from '@mcps/vectors';
import { describe, expect, it } from 'vitest';
import {
  CryptoError,
  canonicalize,
  checkSignature,
  decodeBase64,
  decodeBase64Url,
  decodeHex,
  derToP1363,
  encodeHex,
  importPrivateKey,
  importPublicKey,
  parseJson,
  verify,
} from '#crypto';
import type { JsonLimits, PublicJwk } from '#crypto';

type Input = Readonly<Record<string, unknown>>;
type Runner = (input: Input) => unknown;

/** A signature of the right form that does not verify has no error of its own: verification answers false. */
const INVALID = 'signature_invalid';

const RUNNERS: Partial<Record<SuiteName, Runner>> = {
  'canonical-json': ({ value, maxDepth }) => ({
    text: canonicalize(decodeTagged(value), maxDepth === undefined ? {} : { maxDepth: Number(maxDepth) }),
  }),
  'strict-json': ({ text, base64, limits }) => {
    const source = base64 === undefined ? String(text) : decodeBase64(base64 as string);
    return { canonical: canonicalize(parseJson(source, limits as JsonLimits | undefined)) };
  },
  encodings: ({ encoding, text }) => {
    const decode = { base64: decodeBase64, base64url: decodeBase64Url, hex: decodeHex }[String(encoding)];
    if (decode === undefined) throw new Error('Unknown encoding');
    return { bytes: encodeHex(decode(String(text))) };
  },
  keys: async ({ use, form, key }) => {
    const source = form === 'der' ? decodeBase64(String(key)) : (key as string | PublicJwk);
    if (use === 'public') return { thumbprint: (await importPublicKey(source)).thumbprint };
    return { thumbprint: (await importPrivateKey(source)).publicKey.thumbprint };
  },
  signatures: async ({ form, publicKey, data, signature, requireLowS }) => {
    const key = await importPublicKey(publicKey as PublicJwk);
    const options = { requireLowS: requireLowS === true };
    const bytes = decodeHex(String(signature));
    const raw = form === 'der' ? derToP1363(bytes) : bytes;
    const valid = await verify(key, decodeHex(String(data)), raw, options);
    if (valid) return {};
    checkSignature(raw, options);
    return INVALID;
  },
};

async function outcomeOf(run: Runner, { input }: Vector): Promise<unknown> {
  try {
    const outputs = await run(input);
    return outputs === INVALID ? { outcome: 'reject', code: INVALID } : { outcome: 'accept', ...(outputs as object) };
  } catch (error) {
    if (error instanceof CryptoError) return { outcome: 'reject', code: error.code };
    throw error;
  }
}

for (const [name, run] of Object.entries(RUNNERS)) {
  describe(`vectors: ${name}`, () => {
    for (const vector of SUITES[name as SuiteName].vectors) {
      it(`${vector.id}: ${vector.title}`, async () => {
        expect(await outcomeOf(run, vector)).toEqual(vector.expect);
      });
    }
  });
}

describe('vectors', () => {
  it('of this package are all run', () => {
    const own = Object.values(SUITES).filter(({ layer }) => layer === 'crypto');
    expect(Object.keys(RUNNERS).sort()).toEqual(own.map(({ suite }) => suite).sort());
  });
});
