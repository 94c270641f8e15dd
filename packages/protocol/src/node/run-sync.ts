import { isSigner } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { importPublicKeySync, sha256Sync, sha256HexSync, signSync, verifySync } from '@mcps/crypto/node';
import { ConfigurationError } from '../errors/index.js';
import type { CryptoStep, CryptoStepResult, Procedure } from '../procedure/index.js';

/**
 * Runs a procedure to its end on the calling thread.
 *
 * Throws what the procedure throws, and `ConfigurationError` `option_unsupported` where the procedure signs with a `Signer`, which can only be
 * asked asynchronously.
 */
export function runSync<T>(procedure: Procedure<T>): T {
  let next = procedure.next();
  while (next.done !== true) {
    let result: CryptoStepResult;
    try {
      result = perform(next.value);
    } catch (error) {
      next = procedure.throw(error);
      continue;
    }
    next = procedure.next(result);
  }
  return next.value;
}

function perform(step: CryptoStep): CryptoStepResult {
  switch (step.op) {
    case 'sha256':
      return sha256Sync(step.data);
    case 'sha256-hex':
      return sha256HexSync(step.data);
    case 'sign':
      return signSync(localKey(step.key), step.data);
    case 'verify':
      return verifySync(step.key, step.data, step.signature, { requireLowS: step.requireLowS ?? false });
    case 'import-public-key':
      return importPublicKeySync(step.jwk);
  }
}

/** A key that signs on the calling thread. Throws `ConfigurationError` `option_unsupported` for a `Signer`. */
export function localKey(key: PrivateKey | Signer): PrivateKey {
  if (!isSigner(key)) return key;
  throw new ConfigurationError(
    'option_unsupported',
    'A Signer signs asynchronously: use the asynchronous form of this function',
  );
}
