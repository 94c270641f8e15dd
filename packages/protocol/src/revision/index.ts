export type { Envelope } from './envelope.js';
export type { EnvelopeClaims, ReadEnvelopeOptions, ReplyDigestInput, Revision, SigningInput } from './revision.js';
export { DEFAULT_REVISION, REVISIONS, SUPPORTED_VERSIONS, revisionOf, unsupportedVersion } from './revisions.js';
