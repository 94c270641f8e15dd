import type { RemovableCheck } from './checks.js';

const BODILESS = 'connection/bodiless.ts';

/** The checks of a request without a body, as {@link REMOVABLE_CHECKS}. */
export const SESSION_HEADER_CHECKS: readonly RemovableCheck[] = [
  {
    check: 'header of a request without a body',
    file: BODILESS,
    find: "throw new McpsError('envelope_missing');",
    replace: 'return undefined;',
    attacks: ['opens the stream of a stolen session id without a header'],
  },
  {
    check: 'signature of a session header',
    file: 'session-header/verify.ts',
    find: "throw new McpsError('signature_invalid');",
    replace: "void new McpsError('signature_invalid');",
    attacks: [
      'signs for a stolen session id with a key of its own',
      'ends a session with the header that opened a stream',
      'takes a header to another endpoint',
      'takes a header to another session id',
      'resumes after another event',
      'makes a resumption of an opening',
      'takes a header to another session of the same peers',
    ],
  },
  {
    check: 'passport of a session header',
    file: BODILESS,
    find: "if (envelope.passportId !== pinned.id) throw new McpsError('passport_id_mismatch');\n  const passport = stillValid(pinned, config, now);",
    replace:
      'const passport = stillValid(envelope.passportId === pinned.id ? pinned : await config.passportStore.get(envelope.passportId), config, now);',
    attacks: ['signs for a stolen session id under a passport of its own'],
  },
  {
    check: 'expiry of the passport of a session header',
    file: BODILESS,
    find: 'const passport = stillValid(pinned, config, now);',
    replace: 'const passport = pinned;',
    attacks: ['opens a stream after its passport has expired'],
  },
  {
    check: 'admission of a session header',
    file: BODILESS,
    find: 'level: await admit(candidate, passport, config, now)',
    replace: 'level: candidate.nonce === "" ? await admit(candidate, passport, config, now) : 2',
    attacks: ['sends a header twice', 'opens a stream after its passport has been revoked'],
  },
  {
    check: 'revocation of the passport of a session header',
    file: 'connection/admission.ts',
    find: 'const status = await statusOf(passport, candidate.staple, config, now);',
    replace: 'const status = undefined;',
    attacks: ['opens a stream after its passport has been revoked'],
  },
  {
    check: 'time of a session header',
    file: BODILESS,
    find: 'const timestampMs = checkTime(envelope, config, now);\n  checkFloor(timestampMs, config, now);',
    replace: 'const timestampMs = now;',
    attacks: ['keeps a header back beyond the window'],
  },
  {
    check: 'proved handshake before a stream',
    file: BODILESS,
    find: "if (state.current !== 'established') throw new McpsError('binding_pending');",
    replace: '',
    attacks: ['opens a stream before the handshake is proved'],
  },
];
