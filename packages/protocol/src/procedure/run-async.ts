import { importPublicKey, sha256, sha256Hex, sign, verify } from '@mcps/crypto';
import type { CryptoStep, CryptoStepResult, Procedure } from './steps.js';

/**
 * Runs a procedure on the asynchronous surface of `@mcps/crypto`. All that a procedure does before its first step happens before this returns,
 * so a caller that changes its arguments afterwards changes nothing.
 *
 * Rejects with what the procedure throws; a fault of a step is thrown into the procedure first.
 */
export async function runAsync<T>(procedure: Procedure<T>): Promise<T> {
  let next = procedure.next();
  while (next.done !== true) {
    let result: CryptoStepResult;
    try {
      result = await perform(next.value);
    } catch (error) {
      next = procedure.throw(error);
      continue;
    }
    next = procedure.next(result);
  }
  return next.value;
}

function perform(step: CryptoStep): Promise<CryptoStepResult> {
  switch (step.op) {
    case 'sha256':
      return sha256(step.data);
    case 'sha256-hex':
      return sha256Hex(step.data);
    case 'sign':
      return sign(step.key, step.data);
    case 'verify':
      return verify(step.key, step.data, step.signature, { requireLowS: step.requireLowS ?? false });
    case 'import-public-key':
      return importPublicKey(step.jwk);
  }
}
