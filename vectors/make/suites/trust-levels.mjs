import { Suite } from '../suite.mjs';
import { ANCHORS, DAY, KEYS, NOW, at, base64, id, passport, signContext, utf8 } from '../world.mjs';

const STATUS = ['good', 'unknown', 'stale', 'revoked'];
const suite = new Suite({
  slug: 'trust-levels',
  layer: 'protocol',
  description:
    'Passports, what a status source says of them, and the effective level. `status`: `good` and `unknown` are fresh answers; `stale` is an answer older than the limit of 60,000 ms; absent means that nobody was asked. An object gives the status of each passport of the chain by its id.',
  input: {
    required: ['passport', 'anchors', 'now'],
    properties: {
      passport: { type: 'object' },
      anchors: { type: 'array' },
      now: { type: 'integer' },
      status: { anyOf: [{ enum: STATUS }, { type: 'object', additionalProperties: { enum: STATUS } }] },
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

const SCANNER = 'scanner.mcps.test';
const scanner = (members) => [...ANCHORS, { issuer: SCANNER, keys: ['other-authority'], ...members }];
level(
  'other-scanner',
  'a scan by another configured authority',
  'Evidence may come from another authority than the passport.',
  claiming(3, [evidence('scan', { issuer: SCANNER }, 'other-authority')]),
  'good',
  3,
  scanner({}),
);
level(
  'scanner-ceiling',
  'a scan by an authority that is believed up to level 2',
  'Evidence counts only from an authority whose ceiling reaches the level that it lends.',
  claiming(3, [evidence('scan', { issuer: SCANNER }, 'other-authority')]),
  'good',
  2,
  scanner({ ceiling: { level: 2 } }),
);
level(
  'audit-ceiling',
  'an audit by an authority that is believed up to level 3',
  'An audit needs an authority that is believed up to level 4.',
  claiming(4, [scan, evidence('audit', { issuer: SCANNER }, 'other-authority')]),
  'good',
  3,
  scanner({ ceiling: { level: 3 } }),
);
level(
  'evidence-keys',
  'a scan by the key for passports where evidence has its own',
  'Evidence has keys of its own where they are configured.',
  claiming(3, [scan]),
  'good',
  2,
  [{ ...ANCHORS[0], evidenceKeys: ['other-authority'] }],
);
level(
  'future-scan',
  'a scan from the future',
  'Evidence is not from the future, but for the tolerance.',
  claiming(3, [evidence('scan', { issued_at: at(60_001) })]),
  'good',
  2,
);
level(
  'other-name',
  'a scan of another agent',
  'Evidence is of the agent whose name it bears.',
  claiming(3, [evidence('scan', { subject: { name: 'another' } })]),
  'good',
  2,
);
level(
  'changed-digest',
  'a scan with a digest added',
  'All of the evidence is signed.',
  claiming(3, [{ ...scan, subject: { ...scan.subject, digest: 'ab'.repeat(32) } }]),
  'good',
  2,
);
level(
  'unanchored-evidence',
  'a self-signed passport with genuine evidence',
  'Evidence lends nothing to a passport that nobody vouches for.',
  passport({ issuer: 'self', trust_level: 4, ext: { evidence: [scan, audit] } }, 'agent'),
  'good',
  0,
);

const issuer = passport({
  passport_id: id(1),
  key: 'intermediate',
  ext: { issuing: { depth: 0, level: 2, capabilities: [] } },
});
const issued = passport({ issuer: id(1), issuer_chain: [base64(utf8(JSON.stringify(issuer)))] }, 'intermediate');
level(
  'chain-good',
  'an issued passport, all good',
  'Status is asked of every passport of the chain.',
  issued,
  { [id('a')]: 'good', [id(1)]: 'good' },
  2,
);
level(
  'chain-unknown',
  'an issuer of whom nothing is known',
  'What is not known of an issuer is not known of what it issued.',
  issued,
  { [id('a')]: 'good', [id(1)]: 'unknown' },
  1,
);
suite.reject(
  'issuer-revoked',
  'a revoked issuer',
  'Revoking an issuer cuts off whom it vouched for.',
  { passport: issued, anchors: ANCHORS, now: NOW, status: { [id('a')]: 'good', [id(1)]: 'revoked' } },
  'issuer_revoked',
);
suite.reject(
  'level-0-revoked',
  'a revoked passport of level 0',
  'A passport known as revoked is refused at every level.',
  { passport: claiming(0), anchors: ANCHORS, now: NOW, status: 'revoked' },
  'passport_revoked',
);
