import keysDocument from '../keys.json' with { type: 'json' };
import manifestDocument from '../manifest.json' with { type: 'json' };
import auditTrails from '../suites/audit-trails.json' with { type: 'json' };
import bundleSequences from '../suites/bundle-sequences.json' with { type: 'json' };
import bundles from '../suites/bundles.json' with { type: 'json' };
import canonicalJson from '../suites/canonical-json.json' with { type: 'json' };
import carriers from '../suites/carriers.json' with { type: 'json' };
import chains from '../suites/chains.json' with { type: 'json' };
import confusables from '../suites/confusables.json' with { type: 'json' };
import context from '../suites/context.json' with { type: 'json' };
import encodings from '../suites/encodings.json' with { type: 'json' };
import envelopes from '../suites/envelopes.json' with { type: 'json' };
import eras from '../suites/eras.json' with { type: 'json' };
import events from '../suites/events.json' with { type: 'json' };
import histories from '../suites/histories.json' with { type: 'json' };
import keySets from '../suites/key-sets.json' with { type: 'json' };
import keys from '../suites/keys.json' with { type: 'json' };
import models from '../suites/models.json' with { type: 'json' };
import negotiation from '../suites/negotiation.json' with { type: 'json' };
import orderOfChecks from '../suites/order-of-checks.json' with { type: 'json' };
import passports from '../suites/passports.json' with { type: 'json' };
import pins from '../suites/pins.json' with { type: 'json' };
import profile from '../suites/profile.json' with { type: 'json' };
import proofOfPossession from '../suites/proof-of-possession.json' with { type: 'json' };
import proofs from '../suites/proofs.json' with { type: 'json' };
import publishedPeers from '../suites/published-peers.json' with { type: 'json' };
import replay from '../suites/replay.json' with { type: 'json' };
import replies from '../suites/replies.json' with { type: 'json' };
import rotation from '../suites/rotation.json' with { type: 'json' };
import sequence from '../suites/sequence.json' with { type: 'json' };
import sessionHeaders from '../suites/session-headers.json' with { type: 'json' };
import signatures from '../suites/signatures.json' with { type: 'json' };
import staples from '../suites/staples.json' with { type: 'json' };
import status from '../suites/status.json' with { type: 'json' };
import statusAnswers from '../suites/status-answers.json' with { type: 'json' };
import statusBitmaps from '../suites/status-bitmaps.json' with { type: 'json' };
import statusListDeltas from '../suites/status-list-deltas.json' with { type: 'json' };
import strictJson from '../suites/strict-json.json' with { type: 'json' };
import timestamps from '../suites/timestamps.json' with { type: 'json' };
import tools from '../suites/tools.json' with { type: 'json' };
import toolsets from '../suites/toolsets.json' with { type: 'json' };
import transcripts from '../suites/transcripts.json' with { type: 'json' };
import treeHeads from '../suites/tree-heads.json' with { type: 'json' };
import trustLevels from '../suites/trust-levels.json' with { type: 'json' };
import typeMatrix from '../suites/type-matrix.json' with { type: 'json' };
import type { Manifest, Suite, TestKey } from './types.js';

export type { Expectation, Layer, Manifest, ManifestEntry, Suite, TestKey, Vector } from './types.js';
export { decodeTagged } from './tagged.js';

/** Every suite, by name. */
export const SUITES = {
  'audit-trails': auditTrails as unknown as Suite,
  'bundle-sequences': bundleSequences as unknown as Suite,
  bundles: bundles as unknown as Suite,
  'canonical-json': canonicalJson as unknown as Suite,
  carriers: carriers as unknown as Suite,
  chains: chains as unknown as Suite,
  confusables: confusables as unknown as Suite,
  context: context as unknown as Suite,
  encodings: encodings as unknown as Suite,
  envelopes: envelopes as unknown as Suite,
  eras: eras as unknown as Suite,
  events: events as unknown as Suite,
  histories: histories as unknown as Suite,
  'key-sets': keySets as unknown as Suite,
  keys: keys as unknown as Suite,
  models: models as unknown as Suite,
  negotiation: negotiation as unknown as Suite,
  'order-of-checks': orderOfChecks as unknown as Suite,
  passports: passports as unknown as Suite,
  pins: pins as unknown as Suite,
  profile: profile as unknown as Suite,
  'proof-of-possession': proofOfPossession as unknown as Suite,
  proofs: proofs as unknown as Suite,
  'published-peers': publishedPeers as unknown as Suite,
  replay: replay as unknown as Suite,
  replies: replies as unknown as Suite,
  rotation: rotation as unknown as Suite,
  sequence: sequence as unknown as Suite,
  'session-headers': sessionHeaders as unknown as Suite,
  signatures: signatures as unknown as Suite,
  staples: staples as unknown as Suite,
  status: status as unknown as Suite,
  'status-answers': statusAnswers as unknown as Suite,
  'status-bitmaps': statusBitmaps as unknown as Suite,
  'status-list-deltas': statusListDeltas as unknown as Suite,
  'strict-json': strictJson as unknown as Suite,
  timestamps: timestamps as unknown as Suite,
  tools: tools as unknown as Suite,
  toolsets: toolsets as unknown as Suite,
  transcripts: transcripts as unknown as Suite,
  'tree-heads': treeHeads as unknown as Suite,
  'trust-levels': trustLevels as unknown as Suite,
  'type-matrix': typeMatrix as unknown as Suite,
} as const;

/** The name of a suite. */
export type SuiteName = keyof typeof SUITES;

/** Counts and digests of all suites. */
export const MANIFEST: Manifest = manifestDocument as Manifest;

/** The fixed test keys by name. Their private halves are public: never trust them. */
export const TEST_KEYS: Readonly<Record<string, TestKey>> = keysDocument.keys;
