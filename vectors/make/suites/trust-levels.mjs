import { Suite } from '../suite.mjs';
import { ANCHORS, DAY, KEYS, NOW, at, passport, signContext } from '../world.mjs';

const suite = new Suite({
  slug: 'trust-levels',
  layer: 'protocol',
  description:
    'Passports, what a status source says of them, and the effective level. `status`: `good` and `unknown` are fresh answers; `stale` is an answer older than the limit of 60,000 ms; absent means that nobody was asked.',
  input: {
    required: ['passport', 'anchors', 'now'],
    properties: {
      passport: { type: 'object' },
      anchors: { type: 'array' },
      now: { type: 'integer' },
      status: { enum: ['good', 'unknown', 'stale', 'revoked'] },
    },
    additionalProperties: false,
  },
});
export default suite;

const level = (name, title, rule, document, status, effectiveLevel, anchors = ANCHORS) =>
  suite.accept(
    name,
    title,
    rule,
    { passport: document, anchors, now: NOW, ...(status && { status }) },
    { effectiveLevel },
  );

function evidence(type, overrides = {}, signer = 'authority') {
  const { subject, ...rest } = overrides;
  const statement = {
    type,
    issuer: ANCHORS[0].issuer,
    subject: { name: 'agent', version: '1.0.0', key: KEYS.agent.thumbprint, ...subject },
    issued_at: at(-DAY),
    expires_at: at(DAY),
    result: 'pass',
    ...rest,
  };
  return { ...statement, signature: signContext(signer, 'evidence', statement) };
}
const claiming = (trust_level, list = []) =>
  passport({ trust_level, ...(list.length > 0 ? { ext: { evidence: list } } : {}) });
const scan = evidence('scan');
const audit = evidence('audit');

level(
  'asked-nobody',
  'level 2 claimed, nobody asked',
  'Without a status a passport is at level 1.',
  claiming(2),
  undefined,
  1,
);
level('good', 'level 2 claimed, good', 'A fresh good answer makes level 2.', claiming(2), 'good', 2);
level(
  'unknown',
  'level 2 claimed, status unknown',
  'An answer that knows nothing leaves level 1.',
  claiming(2),
  'unknown',
  1,
);
level('stale', 'level 2 claimed, an old answer', 'An old answer leaves level 1.', claiming(2), 'stale', 1);
level('claim-0', 'level 0 claimed, good', 'Nobody gets more than they claim.', claiming(0), 'good', 0);
level('claim-1', 'level 1 claimed, good', 'A good status does not raise a claim.', claiming(1), 'good', 1);
level('no-evidence', 'level 4 claimed, no evidence', 'Without evidence level 2 is the end.', claiming(4), 'good', 2);
level('scan', 'level 3 claimed, scanned', 'Evidence of a scan makes level 3.', claiming(3, [scan]), 'good', 3);
level('scan-only', 'level 4 claimed, scanned', 'A scan alone makes no level 4.', claiming(4, [scan]), 'good', 3);
level('audit-only', 'level 4 claimed, audited but not scanned', 'Level 4 needs both.', claiming(4, [audit]), 'good', 2);
level(
  'both',
  'level 4 claimed, scanned and audited',
  'Both kinds of evidence make level 4.',
  claiming(4, [scan, audit]),
  'good',
  4,
);
level(
  'evidence-no-status',
  'all evidence, nobody asked',
  'Evidence does not replace a status.',
  claiming(4, [scan, audit]),
  undefined,
  1,
);
level(
  'expired-scan',
  'a scan that has expired',
  'Evidence has an expiry of its own.',
  claiming(3, [evidence('scan', { expires_at: at(0) })]),
  'good',
  2,
);
level(
  'other-version',
  'a scan of another version',
  'Evidence is of this version of the agent.',
  claiming(3, [evidence('scan', { subject: { version: '0.9.0' } })]),
  'good',
  2,
);
level(
  'other-key',
  'a scan of another key',
  'Evidence is of the holder of this key.',
  claiming(3, [evidence('scan', { subject: { key: KEYS.stranger.thumbprint } })]),
  'good',
  2,
);
level(
  'forged-scan',
  'a scan that somebody else signed',
  'Evidence is signed by the authority.',
  claiming(3, [evidence('scan', {}, 'stranger')]),
  'good',
  2,
);
level(
  'own-scan',
  'a scan that the agent signed itself',
  'Nobody examines themselves.',
  claiming(3, [evidence('scan', {}, 'agent')]),
  'good',
  2,
);
level(
  'unknown-scanner',
  'a scan by an authority that nobody configured',
  'Evidence counts from configured authorities.',
  claiming(3, [evidence('scan', { issuer: 'elsewhere.mcps.test' }, 'stranger')]),
  'good',
  2,
);
level(
  'outliving-scan',
  'a scan that ends after the passport',
  'Evidence ends no later than the passport.',
  claiming(3, [evidence('scan', { expires_at: at(2 * DAY) })]),
  'good',
  2,
);
level(
  'scan-as-audit',
  'a scan presented as an audit',
  'The type of evidence is signed.',
  claiming(4, [scan, { ...scan, type: 'audit' }]),
  'good',
  3,
);
level(
  'ceiling',
  'an anchor that is believed up to level 1',
  "The verifier's ceiling for an anchor comes first.",
  claiming(4, [scan, audit]),
  'good',
  1,
  [{ ...ANCHORS[0], ceiling: { level: 1 } }],
);
level(
  'self',
  'a self-signed passport, good',
  'Level 0 stays level 0.',
  passport({ issuer: 'self', trust_level: 4 }, 'agent'),
  'good',
  0,
);
suite.reject(
  'revoked',
  'a revoked passport',
  'A revoked passport has no level: it is refused.',
  { passport: claiming(1), anchors: ANCHORS, now: NOW, status: 'revoked' },
  'passport_revoked',
);
