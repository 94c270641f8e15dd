import { canonicalizeToBytes } from '@mcps/crypto';
import { contextBytes } from '../signing-context/index.js';
import type { Evidence } from './types.js';

/** The bytes that an issuer of evidence signs: the RFC 8785 form of all members but `signature`, under the context `evidence`. */
export function evidenceSigningInput(evidence: Omit<Evidence, 'signature'>): Uint8Array {
  const { type, issuer, subject, issued_at, expires_at, result } = evidence;
  return contextBytes('evidence', canonicalizeToBytes({ type, issuer, subject, issued_at, expires_at, result }));
}
