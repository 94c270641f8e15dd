import { canonicalizeToBytes, encodeBase64, sign } from '@mcps/crypto';
import type { PrivateKey } from '@mcps/crypto';
import { contextBytes } from '../../src/index.js';
import type { SigningContext } from '../../src/index.js';

/** Signs whatever it is given as a statement, whether or not that makes sense. */
export async function signAnything(context: SigningContext, members: object, key: PrivateKey): Promise<object> {
  const { signature: _signature, ...content } = members as { signature?: unknown };
  return { ...content, signature: encodeBase64(await sign(key, contextBytes(context, canonicalizeToBytes(content)))) };
}
