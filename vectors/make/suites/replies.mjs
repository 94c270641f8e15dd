import { Suite } from '../suite.mjs';
import { CALL, envelope, messageHashOf, replyDigest, topLevel } from '../world.mjs';

const suite = new Suite({
  slug: 'replies',
  layer: 'protocol',
  description: 'A signed request and the digest that its answer carries in dev.mcps/re.',
  input: {
    required: ['request', 're'],
    properties: { request: { type: 'object' }, re: { type: ['string', 'null'] } },
    additionalProperties: false,
  },
});
export default suite;
const request = topLevel(CALL);
const digest = replyDigest(CALL, request.mcps);
const other = { ...CALL, id: 2 };
const no = (id, title, rule, re, reason) => suite.reject(id, title, rule, { request, re }, reason);

suite.accept(
  'bound',
  'an answer to this request',
  'The digest is over message hash, nonce, passport id, timestamp and signature of the request.',
  { request, re: digest },
);
no('missing', 'no digest', 'An answer that is bound to nothing answers nothing.', null, 'reply_unbound');
no(
  'other-request',
  'the digest of another request',
  'An answer to another request is no answer to this one.',
  replyDigest(other, envelope(other)),
  'reply_mismatch',
);
no(
  'same-message',
  'the digest of the same message signed again',
  'Two requests with one content are two requests.',
  replyDigest(CALL, envelope(CALL, { nonce: 'f'.repeat(32) })),
  'reply_mismatch',
);
no(
  'message-hash',
  'the hash of the message alone',
  'The digest covers the envelope too.',
  messageHashOf(CALL),
  'reply_mismatch',
);
