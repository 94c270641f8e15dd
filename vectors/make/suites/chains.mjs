import { Suite } from '../suite.mjs';
import { ANCHORS, AUTHORITY, DAY, NOW, at, base64, id, passport, utf8 } from '../world.mjs';

const suite = new Suite({
  slug: 'chains',
  layer: 'protocol',
  description:
    'Passports that were issued by other passports, verified at `now` against `anchors`. `issuingRightOptional` stands for the compatibility with published chains.',
  input: {
    required: ['passport', 'anchors', 'now'],
    properties: {
      passport: { type: 'object' },
      anchors: { type: 'array' },
      now: { type: 'integer' },
      issuingRightOptional: { type: 'boolean' },
    },
    additionalProperties: false,
  },
});
export default suite;

const ok = (name, title, rule, document, outputs, extra = {}) =>
  suite.accept(name, title, rule, { passport: document, anchors: ANCHORS, now: NOW, ...extra }, outputs);
const no = (name, title, rule, document, reason, extra = {}) =>
  suite.reject(name, title, rule, { passport: document, anchors: ANCHORS, now: NOW, ...extra }, reason);
const entry = (document) => base64(utf8(JSON.stringify(document)));

const right = { depth: 1, level: 3, capabilities: ['read', 'write'] };
const parent = (members = {}, signer) =>
  passport(
    {
      passport_id: id(1),
      key: 'intermediate',
      agent: { name: 'intermediate', version: '1', capabilities: ['read', 'write'] },
      trust_level: 3,
      ext: { issuing: right },
      ...members,
    },
    signer,
  );
const child = (issuer, members = {}, signer = 'intermediate') =>
  passport(
    {
      issuer: issuer.passport_id,
      issuer_chain: [entry(issuer)],
      agent: { name: 'agent', version: '1.0.0', capabilities: ['read'] },
      ...members,
    },
    signer,
  );
const top = parent();

const second = passport(
  {
    passport_id: id(2),
    key: 'second-intermediate',
    issuer: id(1),
    trust_level: 3,
    agent: { name: 'second', version: '1', capabilities: ['read'] },
    ext: { issuing: { depth: 0, level: 2, capabilities: ['read'] } },
  },
  'intermediate',
);
const grandchild = (members = {}, upper = top, lower = second) =>
  passport(
    {
      issuer: lower.passport_id,
      issuer_chain: [entry(lower), entry(upper)],
      agent: { name: 'agent', version: '1.0.0', capabilities: ['read'] },
      ...members,
    },
    'second-intermediate',
  );

ok(
  'one-issuer',
  'one issuer below the anchor',
  'A passport may be issued by a passport with the right to issue.',
  child(top),
  { standing: 'anchored', staticLevel: 2, chainLength: 1 },
);
ok('two-issuers', 'two issuers', 'A right of depth 1 allows one more issuer below.', grandchild(), {
  standing: 'anchored',
  staticLevel: 2,
  chainLength: 2,
});
ok(
  'any-capability',
  'a right for any capability',
  'The entry * in a right stands for any capability.',
  child(parent({ ext: { issuing: { ...right, capabilities: ['*'] } } }), {
    agent: { name: 'agent', version: '1', capabilities: ['anything'] },
  }),
  { standing: 'anchored', staticLevel: 2, chainLength: 1 },
);
ok(
  'unknown-top',
  'a chain that ends with an unknown authority',
  'A chain that reaches no anchor leaves its passport at level 0.',
  child(parent({ issuer: 'elsewhere.mcps.test' }, 'stranger')),
  { standing: 'unknown-anchor', staticLevel: 0, chainLength: 0 },
);
ok(
  'published',
  'a published chain without a right to issue',
  'Published chains have no right to issue; they count only where that is asked for.',
  child(parent({ ext: undefined }), { issuer: 'intermediate' }),
  { standing: 'anchored', staticLevel: 2, chainLength: 1 },
  { issuingRightOptional: true },
);

no(
  'no-right',
  'an issuer without the right to issue',
  'Holding a passport gives no right to issue one.',
  child(parent({ ext: undefined })),
  'issuing_not_permitted',
);
no(
  'wrong-signer',
  'signed by somebody else than the issuer',
  'Each passport is signed by the key of the next.',
  child(top, {}, 'stranger'),
  'passport_signature_invalid',
);
no(
  'forged-parent',
  'an issuer that signed itself in the name of the anchor',
  'The topmost is signed by the anchor.',
  child(parent({}, 'stranger')),
  'passport_signature_invalid',
);
no(
  'name-link',
  'an issuer name that is not that of the issuer',
  'Chains link by name as well as by key.',
  child(top, { issuer: id(9) }),
  'chain_link_mismatch',
);
no(
  'anchor-skipped',
  'an anchor as issuer, and a chain all the same',
  'A passport that an anchor signed needs no chain.',
  child(top, { issuer: AUTHORITY }, 'authority'),
  'chain_malformed',
);
no(
  'level',
  'a level above the right',
  'Nobody gives more than their right allows.',
  child(parent({ ext: { issuing: { ...right, level: 1 } } }), { trust_level: 2 }),
  'issuing_level_exceeded',
);
no(
  'level-of-issuer',
  'a level above that of the issuer',
  'Nobody gives more than they have.',
  child(parent({ trust_level: 1 }), { trust_level: 2 }),
  'issuing_level_exceeded',
);
no(
  'capability',
  'a capability that the right does not name',
  'Capabilities only shrink on the way down.',
  child(top, { agent: { name: 'agent', version: '1', capabilities: ['delete'] } }),
  'issuing_capabilities_exceeded',
);
no(
  'capability-case',
  'a capability in another case',
  'Capabilities are compared exactly.',
  child(top, { agent: { name: 'agent', version: '1', capabilities: ['Read'] } }),
  'issuing_capabilities_exceeded',
);
no(
  'expiry',
  'an expiry after that of the issuer',
  'What is issued ends no later than its issuer.',
  child(parent({ expires_at: at(DAY) }), { expires_at: at(DAY + 1) }),
  'issuing_expiry_exceeded',
);
no(
  'depth',
  'an issuer below a right of depth 0',
  'A right of depth 0 makes no issuers.',
  grandchild({}, parent({ ext: { issuing: { ...right, depth: 0 } } })),
  'issuing_depth_exceeded',
);
no(
  'right-wider',
  'a right that is wider than the one above',
  'A right only shrinks on the way down.',
  grandchild(
    {},
    top,
    passport(
      {
        passport_id: id(2),
        key: 'second-intermediate',
        issuer: id(1),
        trust_level: 3,
        agent: { name: 'second', version: '1', capabilities: ['read'] },
        ext: { issuing: { depth: 0, level: 4, capabilities: ['read'] } },
      },
      'intermediate',
    ),
  ),
  'issuing_level_exceeded',
);
no(
  'expired-issuer',
  'an issuer that has expired',
  'Every issuer is valid now.',
  child(parent({ issued_at: at(-2 * DAY), expires_at: at(0) }), { issued_at: at(-2 * DAY), expires_at: at(60_000) }),
  'chain_expired',
);
no(
  'six',
  'six issuers',
  'At most five issuers, never cut to fit.',
  child(top, { issuer_chain: Array.from({ length: 6 }, () => entry(top)) }),
  'chain_too_deep',
);
no(
  'not-base64',
  'an entry that is no base64',
  'Entries are base64.',
  child(top, { issuer_chain: ['***'] }),
  'chain_malformed',
);
no(
  'not-json',
  'an entry that is no JSON',
  'Entries hold JSON.',
  child(top, { issuer_chain: [base64(utf8('{'))] }),
  'chain_malformed',
);
no(
  'not-passport',
  'an entry that is no passport',
  'Entries are passports.',
  child(top, { issuer_chain: [entry({ issuer: AUTHORITY })] }),
  'chain_malformed',
);
no(
  'nested-chain',
  'an entry with a chain of its own',
  'Entries carry no chains.',
  child(parent({ issuer_chain: [entry(top)] })),
  'chain_malformed',
);
no(
  'self-with-chain',
  'a self-signed passport with a chain',
  'Whoever vouches for itself has no issuers.',
  passport({ issuer: 'self', issuer_chain: [entry(top)] }, 'agent'),
  'chain_malformed',
);
ok(
  'five-issuers',
  'five issuers',
  'Five issuers are as many as there may be.',
  (() => {
    const letters = ['1', '2', '3', '4', '5'];
    const issuers = [];
    for (const [index, letter] of letters.entries()) {
      issuers.unshift(
        passport(
          {
            passport_id: id(letter),
            key: 'intermediate',
            issuer: index === 0 ? AUTHORITY : id(letters[index - 1]),
            agent: { name: `issuer-${letter}`, version: '1', capabilities: [] },
            ext: { issuing: { depth: 4 - index, level: 2, capabilities: [] } },
          },
          index === 0 ? 'authority' : 'intermediate',
        ),
      );
    }
    return passport({ issuer: id(5), issuer_chain: issuers.map(entry) }, 'intermediate');
  })(),
  { standing: 'anchored', staticLevel: 2, chainLength: 5 },
);
ok(
  'own-star',
  'an agent whose own capability is called *',
  'Among the capabilities of an agent, * is a name like any other: a right for any allows it too.',
  child(parent({ ext: { issuing: { ...right, capabilities: ['*'] } } }), {
    agent: { name: 'agent', version: '1', capabilities: ['*'] },
  }),
  { standing: 'anchored', staticLevel: 2, chainLength: 1 },
);
no(
  'own-star-given',
  'a capability called * under a right for others',
  'A capability called * is not within a right that names others.',
  child(top, { agent: { name: 'agent', version: '1', capabilities: ['*'] } }),
  'issuing_capabilities_exceeded',
);
no(
  'depth-kept',
  'an issuer with a right as deep as the one above',
  'The depth of a right goes down by one with every issuer.',
  grandchild(
    {},
    top,
    passport(
      {
        passport_id: id(2),
        key: 'second-intermediate',
        issuer: id(1),
        agent: { name: 'second', version: '1', capabilities: [] },
        ext: { issuing: { depth: 1, level: 2, capabilities: ['read'] } },
      },
      'intermediate',
    ),
  ),
  'issuing_depth_exceeded',
);
no(
  'right-capability',
  'a right to give what the one above may not',
  'The capabilities of a right shrink as those of agents do.',
  grandchild(
    {},
    top,
    passport(
      {
        passport_id: id(2),
        key: 'second-intermediate',
        issuer: id(1),
        agent: { name: 'second', version: '1', capabilities: [] },
        ext: { issuing: { depth: 0, level: 2, capabilities: ['read', 'delete'] } },
      },
      'intermediate',
    ),
  ),
  'issuing_capabilities_exceeded',
);
no(
  'ceiling-capability',
  'a capability beyond what the anchor is believed',
  'The verifier says which capabilities an anchor may give.',
  passport({ agent: { name: 'agent', version: '1', capabilities: ['delete'] } }),
  'issuing_capabilities_exceeded',
  { anchors: [{ ...ANCHORS[0], ceiling: { capabilities: ['read'] } }] },
);
no(
  'same-id',
  'an issuer with the id of what it issued',
  'No two passports of a chain have one id.',
  child(parent({ passport_id: id('a') }), { issuer: id('a') }),
  'chain_malformed',
);
no('unsigned-entry', 'an issuer that nobody signed', 'Entries are signed.', child(parent({}, null)), 'chain_malformed');
no(
  'keyless-issuer',
  'an issuer without a key',
  'An issuer has a key, or nothing below it can be verified.',
  child(parent({ public_key: null })),
  'chain_malformed',
);
no(
  'issuer-not-yet',
  'an issuer that was issued in the future',
  'No issuer is valid before it is issued.',
  child(parent({ issued_at: at(60_001) })),
  'passport_not_yet_valid',
);
no(
  'missing-link',
  'a chain whose middle is missing',
  'Every issuer is there.',
  passport({ issuer: id(2), issuer_chain: [entry(top)] }, 'second-intermediate'),
  'chain_link_mismatch',
);
no(
  'reversed-order',
  'the topmost issuer first',
  'The direct issuer comes first.',
  passport({ issuer: id(2), issuer_chain: [entry(top), entry(second)] }, 'second-intermediate'),
  'chain_link_mismatch',
);
no(
  'published-anchor-name',
  'a published chain that names an anchor in the middle',
  'Compatibility lets a name differ, but not point past the issuers above.',
  passport(
    {
      issuer: id(2),
      issuer_chain: [
        entry(passport({ passport_id: id(2), key: 'second-intermediate', issuer: AUTHORITY }, 'intermediate')),
        entry(parent({ ext: undefined })),
      ],
    },
    'second-intermediate',
  ),
  'chain_link_mismatch',
  { issuingRightOptional: true },
);
no(
  'published-level',
  'a published issuer that gives more than it has',
  'Without a right of its own, an issuer gives no higher level than its own.',
  child(parent({ ext: undefined, trust_level: 1 })),
  'issuing_level_exceeded',
  { issuingRightOptional: true },
);
