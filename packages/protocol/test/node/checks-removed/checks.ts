/** One check of the order of checks, how to take it out of the source, and the attack that it alone stops. */
export interface RemovableCheck {
  readonly check: string;
  /** Below `src/`. */
  readonly file: string;
  /** Text that occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Titles of attacks that must get through once the check is gone. */
  readonly attacks: readonly string[];
}

const ACCEPT = 'connection/accept.ts';
const RULES = 'connection/session-rules.ts';

export const REMOVABLE_CHECKS: readonly RemovableCheck[] = [
  {
    check: 'message signature',
    file: 'envelope/verify-envelope.ts',
    find: "if (!valid) throw new McpsError('signature_invalid');",
    replace: '',
    attacks: [
      'changes a call: its signature breaks',
      'presents the passport of another agent',
      'a flood of bad signatures fills the replay store',
    ],
  },
  {
    check: 'time window',
    file: 'envelope/freshness.ts',
    find: "throw new McpsError('timestamp_too_old'",
    replace: "void new McpsError('timestamp_too_old'",
    attacks: ['keeps a call back beyond the window'],
  },
  {
    check: 'future tolerance',
    file: 'envelope/freshness.ts',
    find: "throw new McpsError('timestamp_in_future'",
    replace: "void new McpsError('timestamp_in_future'",
    attacks: ['dates a call ahead'],
  },
  {
    check: 'own key',
    file: ACCEPT,
    find: "if (passport.publicKey.thumbprint === config.publicKey.thumbprint) throw new McpsError('signer_is_self');",
    replace: '',
    attacks: ['speaks with the key of the other side under another passport'],
  },
  {
    check: 'own passport id',
    file: ACCEPT,
    find: 'if (unverified.envelope.passportId === config.passport.passport_id) await refuseOwn(unverified, config);',
    replace: '',
    attacks: ['throws a message back at its sender'],
  },
  {
    check: 'session stage',
    file: ACCEPT,
    find: 'if (step === undefined) rules.check(verified, members, passport);\n  else',
    replace: 'if (step !== undefined)',
    attacks: [
      'relays a call to another server',
      'carries a call over from another session with the same server',
      'drops a notification, which shows with the next message',
    ],
  },
  {
    check: 'audience',
    file: RULES,
    find: "if (!expected.audiences.includes(context.audience)) throw new McpsError('audience_mismatch');",
    replace: '',
    attacks: ['relays a call to another server that keeps no session'],
  },
  {
    check: 'session',
    file: RULES,
    find: "if (context.session !== expected.session) throw new McpsError('session_mismatch');",
    replace: '',
    attacks: ['carries a call over from another session with the same server'],
  },
  {
    check: 'direction',
    file: RULES,
    find: "if (context.direction !== expected.direction) throw new McpsError('direction_reflected');",
    replace: '',
    attacks: ['passes the message of a server off as that of a client'],
  },
  {
    check: 'signer pinned to the session',
    file: RULES,
    find: "if (passport.digest !== pinned.digest) throw new McpsError('signer_changed');",
    replace: '',
    attacks: ['speaks on a session under a passport of its own, knowing the session'],
  },
  {
    check: 'reply binding',
    file: RULES,
    find: "if (members.re !== requestDigest) throw new McpsError('reply_mismatch');",
    replace: '',
    attacks: ['binds an answer to the request: a server that answers another request than the one sent is refused'],
  },
  {
    check: 'sequence on an ordered transport',
    file: 'connection/sequence.ts',
    find: "if (!explained) throw new McpsError('sequence_gap');",
    replace: '',
    attacks: ['drops a notification, which shows with the next message', 'swaps two notifications'],
  },
  {
    check: 'nonce',
    file: ACCEPT,
    find: "if (outcome === 'repeated') throw new McpsError('nonce_repeated');",
    replace: '',
    attacks: ['replays a call to a server that keeps no session'],
  },
  {
    check: 'nonce of the first try',
    file: ACCEPT,
    find: '[entry(nonce), entry(members.retryOf)]',
    replace: '[entry(nonce)]',
    attacks: ['sends the first try of a repeated call again'],
  },
  {
    check: 'end of a repetition',
    file: RULES,
    find: '|| !isInTime',
    replace: '',
    attacks: ['holds the second try of a call back until its first, which another replica carried out, is forgotten'],
  },
  {
    check: 'floor of the replay store',
    file: ACCEPT,
    find: "if (timestampMs + windowMs <= replayStore.floorMs()) throw new McpsError('below_store_floor', { serverTime: now });",
    replace: '',
    attacks: ['replays a call after a restart'],
  },
  {
    check: 'floor of a replay store that has lost its memory',
    file: ACCEPT,
    find: 'await consumeNonces(verified, members, passport, config, now);\n  // A store that is elsewhere may have found out just now that it lost its memory.\n  if (!bound) checkFloor(timestampMs, config, now);',
    replace: 'await consumeNonces(verified, members, passport, config, now);',
    attacks: ['replays a call to a shared store that has lost its memory'],
  },
  {
    check: 'unsigned messages',
    file: 'connection/plain.ts',
    find: "if (config.requireSecurity) throw new McpsError('envelope_missing');",
    replace: 'if (config.requireSecurity) return;',
    attacks: ['strips MCPS off the handshake'],
  },
  {
    check: 'unsigned messages on a signed session',
    file: 'connection/server-handshake.ts',
    find: "throw new McpsError('envelope_missing');",
    replace: 'return [...acceptPlain(state, unsigned)];',
    attacks: ['strips the envelope off a call'],
  },
  {
    check: 'advertisement without an envelope',
    file: 'connection/server-handshake.ts',
    find: "throw new McpsError('downgrade');",
    replace: "void new McpsError('downgrade');",
    attacks: ['strips MCPS off the handshake between peers that would do without it'],
  },
  {
    check: 'memory of secure peers',
    file: 'connection/client-handshake.ts',
    find: 'if (known || isAdvertised(',
    replace: 'if (isAdvertised(',
    attacks: ['answers the handshake in place of a server that has spoken MCPS before'],
  },
  {
    check: 'binding of the server',
    file: 'connection/client-handshake.ts',
    find: "await verifySessionBinding(members.binding, { transcriptHash: hash, role: 'server' }, passport.publicKey);",
    replace: '',
    attacks: ['hands the client a result that is bound to another handshake'],
  },
  {
    check: 'binding of the client',
    file: 'connection/server-handshake.ts',
    find: "await verifySessionBinding(members.binding, { transcriptHash: session, role: 'client' }, passport.publicKey);",
    replace: '',
    attacks: ['finishes a handshake with the binding of the other side'],
  },
  {
    check: 'nothing but ping before the binding',
    file: 'connection/server-handshake.ts',
    find: "throw new McpsError('binding_pending');",
    replace: 'return;',
    attacks: ['calls before the handshake is proved'],
  },
  {
    check: 'issuer signature',
    file: 'passport/verify.ts',
    find: 'yield* verifyChainSignatures(passport, issuers, anchor);',
    replace: '',
    attacks: ['a forger signs in the name of a configured authority', 'an agent raises its own level in its passport'],
  },
  {
    check: 'static level',
    file: ACCEPT,
    find: "requireLevel(staticTrustLevel(passport, now), config, 'level_insufficient');",
    replace: '',
    attacks: ['identities that cost nothing fill the replay store'],
  },
  {
    check: 'level',
    file: ACCEPT,
    find: 'if (level < config.minTrustLevel) throw',
    replace: 'if (level < config.minTrustLevel) void',
    attacks: [
      'an agent vouches for itself at the highest level',
      'an authority that nobody configured vouches for an agent',
      'an agent of too low a level calls',
      'a scan is claimed that nobody signed',
    ],
  },
  {
    check: 'expiry of a new passport',
    file: 'passport/validity.ts',
    find: "throw new McpsError('passport_expired')",
    replace: "void new McpsError('passport_expired')",
    attacks: ['an agent shows an expired passport'],
  },
  {
    check: 'expiry of a known passport',
    file: ACCEPT,
    find: "else if (!(now < known.expiresAtMs)) throw new McpsError('passport_expired');",
    replace: '',
    attacks: ['an agent goes on after its passport has expired'],
  },
  {
    check: 'right to issue',
    file: 'chain/issuing-right.ts',
    find: "if (compatibility.issuingRightOptional !== true) throw new McpsError('issuing_not_permitted');",
    replace: '',
    attacks: ['an agent without the right to issue issues a passport'],
  },
  {
    check: 'revocation',
    file: ACCEPT,
    find: 'const status = await statusOf(passport, members, config, now);',
    replace: 'const status = undefined;',
    attacks: ['an agent whose passport has been revoked goes on', 'the authority is cut off, and level 2 is asked for'],
  },
  {
    check: 'issuing keys sign no messages',
    file: ACCEPT,
    find: "if (passport.passport.ext?.issuing !== undefined) throw new McpsError('passport_is_issuing');",
    replace: '',
    attacks: ['an authority that issues passports speaks as an agent'],
  },
  {
    check: 'expected peer',
    file: ACCEPT,
    find: "if (config.expectedPeers?.includes(passport.id) === false) throw new McpsError('origin_mismatch');",
    replace: '',
    attacks: ['another server with a valid passport takes the place of the one that is wanted'],
  },
  {
    check: 'rate of a passport',
    file: ACCEPT,
    find: "if (!outcome.ok) throw new McpsError('rate_limited'",
    replace: "if (!outcome.ok) void new McpsError('rate_limited'",
    attacks: ['one agent takes the allowance of all'],
  },
  {
    check: 'rate limiter that cannot answer',
    file: ACCEPT,
    find: "throw new McpsError('rate_limiter_unavailable', {}, { cause: error });",
    replace: 'return { ok: true, cause: error } as const;',
    attacks: ['the shared rate limiter is cut off'],
  },
  {
    check: 'rate of a connection',
    file: 'connection/inbox.ts',
    find: "if (!allowance.ok) throw new McpsError('connection_limit'",
    replace: "if (!allowance.ok) void new McpsError('connection_limit'",
    attacks: ['a stranger floods a connection before anybody is believed'],
  },
];
