import { thumbprint } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { ConfigurationError } from '../errors/index.js';
import { resolveLifetime } from '../passport/create.js';
import type { PassportLifetime } from '../passport/create.js';
import type { Passport } from '../passport/types.js';
import { runAsync } from '../procedure/index.js';
import { signStatement } from '../statement/signed.js';
import type { StatementFormat } from '../statement/signed.js';
import { formatTimestamp } from '../time/index.js';
import { readEvidence } from './read.js';
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

const FORMAT: StatementFormat<Evidence> = { what: 'The evidence', context: 'evidence', read: readEvidence };

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
  return runAsync(signStatement(FORMAT, evidenceDraft(draft, subject), key));
}

function evidenceDraft(options: CreateEvidenceOptions, subject: EvidenceSubject): object {
  const { type, issuer, digest } = options;
  const { issuedAtMs, expiresAtMs } = resolveLifetime(options);
  return {
    type,
    issuer,
    subject: { ...subject, ...(digest === undefined ? {} : { digest }) },
    issued_at: formatTimestamp(issuedAtMs),
    expires_at: formatTimestamp(expiresAtMs),
    result: 'pass',
  };
}
