import { encodeBase64, thumbprint } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { asConfiguration } from '../passport/configuration-fault.js';
import { resolveLifetime } from '../passport/create.js';
import type { PassportLifetime } from '../passport/create.js';
import type { Passport } from '../passport/types.js';
import { runAsync, signBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { formatTimestamp } from '../time/index.js';
import { readEvidence } from './read.js';
import { evidenceSigningInput } from './signing-input.js';
import type { Evidence, EvidenceSubject, EvidenceType } from './types.js';

export interface CreateEvidenceOptions extends PassportLifetime {
  readonly type: EvidenceType;
  /** The issuer name under which verifiers have configured the anchor whose key signs. */
  readonly issuer: string;
  /** The passport, or a draft of it, whose agent, version and key the evidence is about. */
  readonly passport: Pick<Passport, 'agent' | 'public_key'>;
  /** SHA-256 of the artefact that was examined, lower-case hex. */
  readonly digest?: string;
}

/**
 * States that an agent has passed a scan or an audit, and signs that under the context `evidence`. The result goes into the agent's passport before that is
 * signed, see `createPassport`. It counts while both are valid, so give it an end that is no later than the passport's.
 *
 * Throws `ConfigurationError` `option_invalid` for a passport without a key or a value that no verifier would accept; `CryptoError` for a key that is
 * no P-256 key.
 */
export async function createEvidence(options: CreateEvidenceOptions, key: PrivateKey | Signer): Promise<Evidence> {
  const { agent, public_key: publicKey } = options.passport;
  if (publicKey === null) throw new ConfigurationError('option_invalid', 'Evidence is about a passport with a key.');
  const { name, version } = agent;
  const draft = { ...options };
  const subject = { name, version, key: await thumbprint(publicKey) };
  return runAsync(createEvidenceSteps(draft, subject, key));
}

function* createEvidenceSteps(
  options: CreateEvidenceOptions,
  subject: EvidenceSubject,
  key: PrivateKey | Signer,
): Procedure<Evidence> {
  const { type, issuer, digest } = options;
  const { issuedAtMs, expiresAtMs } = resolveLifetime(options);
  const draft = {
    type,
    issuer,
    subject: { ...subject, ...(digest === undefined ? {} : { digest }) },
    issued_at: formatTimestamp(issuedAtMs),
    expires_at: formatTimestamp(expiresAtMs),
    result: 'pass' as const,
  };
  const signature = yield* signBytes(key, evidenceSigningInput(draft));
  return asConfiguration('The evidence', () => readEvidence({ ...draft, signature: encodeBase64(signature) }));
}
