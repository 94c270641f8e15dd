/** What was done to an agent: an automated security scan, or a manual audit. */
export type EvidenceType = 'scan' | 'audit';

/** What a piece of evidence is about. It says nothing of any other agent, version or key. */
export interface EvidenceSubject {
  /** The passport's `agent.name`. */
  readonly name: string;
  /** The passport's `agent.version`. */
  readonly version: string;
  /** RFC 7638 SHA-256 thumbprint of the passport's key, base64url. */
  readonly key: string;
  /** SHA-256 of the examined artefact, lower-case hex. For whoever holds the artefact: verifying a passport cannot check it. */
  readonly digest?: string;
}

/** A signed statement that an agent has passed a scan or an audit, carried in its passport. Exactly these members. */
export interface Evidence {
  readonly type: EvidenceType;
  /** The issuer name of a trust anchor of the verifier. */
  readonly issuer: string;
  readonly subject: EvidenceSubject;
  /** RFC 3339, UTC. */
  readonly issued_at: string;
  /** RFC 3339, UTC; not after the passport's own. */
  readonly expires_at: string;
  readonly result: 'pass';
  /** Standard base64 of the ES256 signature under the context `evidence` over the RFC 8785 form of all other members. */
  readonly signature: string;
}
