import type { RemovableCheck } from './checks.js';

const CLIENT = 'connection/client-handshake.ts';
const SERVER = 'connection/server-handshake.ts';
const MEMBERSHIP = 'connection/membership.ts';

/** What is left of protection with peers of published 1.0, and what keeps others from passing for one. */
export const PUBLISHED_CHECKS: readonly RemovableCheck[] = [
  {
    check: 'signature of a published answer',
    file: 'envelope/verify-envelope.ts',
    find: "if (!valid) throw new McpsError('signature_invalid');",
    replace: '',
    attacks: ['strips all of the profile off the answer of a server'],
  },
  {
    check: 'memory of peers that speak the profile',
    file: CLIENT,
    find: "if ((await this.#knownAs()) === 'profile') throw new McpsError('downgrade');",
    replace: '',
    attacks: [
      'answers in the published form in place of a server that has answered with the profile before',
      'answers in the published form after a refusal with the profile, on one connection',
    ],
  },
  {
    check: 'nothing of the profile in an answer that is bound to nothing',
    file: CLIENT,
    find: 'if (isEmptyProfile(members)) return',
    replace: 'if (members.re === undefined) return',
    attacks: ['answers with a refusal of the server that answers another message'],
  },
  {
    check: 'nonce of a published answer',
    file: 'connection/admission.ts',
    find: "if (outcome === 'repeated') throw new McpsError('nonce_repeated');",
    replace: '',
    attacks: ['replays the answer of a published server'],
  },
  {
    check: 'floor of the replay store, for answers to a client that are bound to nothing',
    file: CLIENT,
    find: 'if (isAnswerKind(unverified.kind)) return claims.re !== undefined;',
    replace: 'if (isAnswerKind(unverified.kind)) return true;',
    attacks: ['replays the answer of a published server after a restart of its client'],
  },
  {
    check: 'floor of the replay store, for answers to a server that are bound to nothing',
    file: SERVER,
    find: 'if (isAnswerKind(unverified.kind)) return claims.re !== undefined;',
    replace: 'if (isAnswerKind(unverified.kind)) return true;',
    attacks: ['replays the answer of a published client after a restart of its server'],
  },
  {
    check: 'published signer pinned to the session',
    file: 'connection/session-rules.ts',
    find: "if (passport.digest !== pinned.digest) throw new McpsError('signer_changed');",
    replace: '',
    attacks: ['answers a call in place of a published server, under a passport of its own'],
  },
  {
    check: 'request that an answer is to',
    file: MEMBERSHIP,
    find: 'else checkAwaited(state, verified);',
    replace: '',
    attacks: ['gives a client of a published server an answer that it has not asked for'],
  },
  {
    check: 'place that a first message belongs to',
    file: SERVER,
    find: '|| members.context !== undefined) throw',
    replace: ') throw',
    attacks: ['relays a call of a session to another server, which serves published peers'],
  },
  {
    check: 'place that a message of a published peer belongs to',
    file: MEMBERSHIP,
    find: 'if (!isPublished || members.context !== undefined) {',
    replace: 'if (!isPublished) {',
    attacks: ['relays a call of a session to another server, which its agent speaks the published form to'],
  },
];
