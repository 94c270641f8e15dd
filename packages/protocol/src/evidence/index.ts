export type { EvidenceStanding } from './assess.js';
export { createEvidence } from './create.js';
export type { CreateEvidenceOptions } from './create.js';
export type { Evidence, EvidenceSubject, EvidenceType } from './types.js';
