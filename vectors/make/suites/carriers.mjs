import { Suite } from '../suite.mjs';
import { CALL, ERROR, NOTE, RESULT, envelope, inMeta, topLevel } from '../world.mjs';

const suite = new Suite({
  slug: 'carriers',
  layer: 'protocol',
  description:
    'Messages as received, and what is left when the carrier is taken off: the message exactly as it was signed. Signatures are not verified here.',
  input: { required: ['received'], properties: { received: {} }, additionalProperties: false },
});
export default suite;

const KEY = 'dev.mcps/envelope';
const VALUE = 'dev.mcps/value';
const ok = (name, title, rule, received, carrier, message) =>
  suite.accept(name, title, rule, { received }, { carrier, message });
const no = (name, title, rule, received, reason) => suite.reject(name, title, rule, { received }, reason);
const wire = (message, created) => ({ ...envelope(message), ...(created === undefined ? {} : { created }) });

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const withMeta = { ...CALL, params: { ...CALL.params, _meta: { progressToken: 1 } } };
const emptyMeta = { ...CALL, params: { ...CALL.params, _meta: {} } };
const emptyParams = { ...LIST, params: {} };
const errorWith = (data) => ({ ...ERROR, error: { ...ERROR.error, data } });
const carried = (message, meta) => ({ ...message, params: { ...(message.params ?? {}), _meta: meta } });

ok('top-level', 'the published form', 'The member mcps carries the envelope.', topLevel(CALL), 'top-level', CALL);
ok('none', 'no carrier', 'A message without an envelope is as it is.', CALL, 'none', CALL);
ok(
  'meta',
  'in a _meta that was there',
  'Nothing was created, nothing is taken away.',
  carried(withMeta, { progressToken: 1, [KEY]: wire(withMeta) }),
  'meta',
  withMeta,
);
ok(
  'meta-created',
  'in a _meta that was made for it',
  'A created _meta goes with the envelope.',
  inMeta(CALL),
  'meta',
  CALL,
);
ok(
  'params-created',
  'in params that were made for it',
  'Created params go with the envelope.',
  inMeta(LIST),
  'meta',
  LIST,
);
ok(
  'empty-meta',
  'in an empty _meta',
  'An empty _meta that was there stays.',
  carried(emptyMeta, { [KEY]: wire(emptyMeta) }),
  'meta',
  emptyMeta,
);
ok(
  'empty-params',
  'in empty params',
  'Empty params that were there stay.',
  carried(emptyParams, { [KEY]: wire(emptyParams, ['_meta']) }),
  'meta',
  emptyParams,
);
ok(
  'notification',
  'in a notification',
  'Notifications carry it as requests do.',
  carried(NOTE, { [KEY]: wire(NOTE, ['_meta']) }),
  'meta',
  NOTE,
);
ok(
  'result',
  'in a result',
  'A result carries it in its _meta.',
  { ...RESULT, result: { ...RESULT.result, _meta: { [KEY]: wire(RESULT, ['_meta']) } } },
  'meta',
  RESULT,
);
ok(
  'error',
  'in an error without data',
  'An error carries it in its data.',
  errorWith({ [KEY]: wire(ERROR, ['data']) }),
  'meta',
  ERROR,
);
ok(
  'error-object',
  'in an error with data',
  'Data that is an object is added to.',
  errorWith({ line: 3, [KEY]: wire(errorWith({ line: 3 })) }),
  'meta',
  errorWith({ line: 3 }),
);
ok(
  'error-empty',
  'in an error with empty data',
  'Empty data that was there stays.',
  errorWith({ [KEY]: wire(errorWith({})) }),
  'meta',
  errorWith({}),
);
ok(
  'error-text',
  'around data that is a string',
  'Data that is no object is wrapped.',
  errorWith({ [VALUE]: 'why', [KEY]: wire(errorWith('why'), ['value']) }),
  'meta',
  errorWith('why'),
);
ok(
  'error-null',
  'around data that is null',
  'null is a value and is wrapped.',
  errorWith({ [VALUE]: null, [KEY]: wire(errorWith(null), ['value']) }),
  'meta',
  errorWith(null),
);
ok(
  'error-array',
  'around data that is an array',
  'An array is wrapped.',
  errorWith({ [VALUE]: [1], [KEY]: wire(errorWith([1]), ['value']) }),
  'meta',
  errorWith([1]),
);
const deeper = { ...CALL, params: { ...CALL.params, arguments: { _meta: { [KEY]: 'data' } } } };
ok(
  'deeper-key',
  'a key of the same name further inside',
  'Only its own place makes a carrier.',
  topLevel(deeper),
  'top-level',
  deeper,
);
const deeperMcps = { ...CALL, params: { ...CALL.params, mcps: { version: '1.0' } } };
ok('deeper-mcps', 'a member mcps further inside', 'mcps inside params is data.', deeperMcps, 'none', deeperMcps);

no(
  'both',
  'both carriers',
  'A message has one carrier.',
  { ...inMeta(CALL), mcps: envelope(CALL) },
  'carrier_ambiguous',
);
no(
  'both-null',
  'one carrier and a null in the other place',
  'A second carrier of any shape is one too many.',
  { ...inMeta(CALL), mcps: null },
  'carrier_ambiguous',
);
no(
  'meta-null',
  'null in place of an envelope',
  'A present envelope is never "unsigned".',
  carried(CALL, { [KEY]: null }),
  'envelope_malformed',
);
no(
  'meta-text',
  'a string in place of an envelope',
  'An envelope is an object.',
  carried(CALL, { [KEY]: 'x' }),
  'envelope_malformed',
);
no(
  'created-top-level',
  'a record of what was created, top level',
  'The top-level form creates nothing.',
  { ...CALL, mcps: wire(CALL, ['_meta']) },
  'carrier_created_invalid',
);
no(
  'created-unknown',
  'a container that does not exist',
  'The list of containers is closed.',
  carried(CALL, { [KEY]: wire(CALL, ['arguments']) }),
  'carrier_created_invalid',
);
no(
  'created-text',
  'a record that is no list',
  'The record is a list.',
  carried(CALL, { [KEY]: wire(CALL, '_meta') }),
  'carrier_created_invalid',
);
no(
  'created-empty',
  'an empty record',
  'Nothing created is said by leaving the record out.',
  carried(withMeta, { progressToken: 1, [KEY]: wire(withMeta, []) }),
  'carrier_created_invalid',
);
no(
  'created-order',
  'a record from the inside out',
  'The outer container comes first.',
  carried(LIST, { [KEY]: wire(LIST, ['_meta', 'params']) }),
  'carrier_created_invalid',
);
no(
  'created-twice',
  'one container twice',
  'Each container is named once.',
  carried(CALL, { [KEY]: wire(CALL, ['_meta', '_meta']) }),
  'carrier_created_invalid',
);
no(
  'created-params-only',
  'created params with an older _meta',
  'A _meta inside created params was created too.',
  carried(LIST, { [KEY]: wire(LIST, ['params']) }),
  'carrier_created_invalid',
);
no(
  'created-of-error',
  'the record of an error in a request',
  'Each kind of message has its containers.',
  carried(CALL, { [KEY]: wire(CALL, ['data']) }),
  'carrier_created_invalid',
);
no(
  'created-of-request',
  'the record of a request in a result',
  'A result has no params.',
  { ...RESULT, result: { ...RESULT.result, _meta: { [KEY]: wire(RESULT, ['params', '_meta']) } } },
  'carrier_created_invalid',
);
no(
  'sibling-in-created',
  'a sibling put into a created _meta',
  'What was created for the envelope holds nothing else.',
  carried(CALL, { [KEY]: wire(CALL, ['_meta']), injected: 1 }),
  'carrier_not_exact',
);
no(
  'sibling-in-created-params',
  'a sibling put into created params',
  'Created params hold nothing else either.',
  { ...LIST, params: { injected: 1, _meta: { [KEY]: wire(LIST, ['params', '_meta']) } } },
  'carrier_not_exact',
);
no(
  'sibling-in-created-result',
  'a sibling put into the created _meta of a result',
  'The rule holds for results.',
  { ...RESULT, result: { ...RESULT.result, _meta: { injected: 1, [KEY]: wire(RESULT, ['_meta']) } } },
  'carrier_not_exact',
);
no(
  'sibling-in-created-data',
  'a sibling put into created data',
  'The rule holds for errors.',
  errorWith({ injected: 1, [KEY]: wire(ERROR, ['data']) }),
  'carrier_not_exact',
);
no(
  'sibling-in-wrapper',
  'a sibling put into a wrapper',
  'A wrapper holds the envelope and the value, and nothing else.',
  errorWith({ injected: 1, [VALUE]: 'why', [KEY]: wire(errorWith('why'), ['value']) }),
  'carrier_not_exact',
);
no(
  'wrapper-without-value',
  'a wrapper without a value',
  'A wrapper holds a value.',
  errorWith({ [KEY]: wire(errorWith('why'), ['value']) }),
  'carrier_not_exact',
);
no(
  'wrapped-object',
  'a wrapper around an object',
  'An object is not wrapped: it would have two forms.',
  errorWith({ [VALUE]: { line: 3 }, [KEY]: wire(errorWith({ line: 3 }), ['value']) }),
  'carrier_not_exact',
);
no('batch', 'a batch', 'A batch is not one message.', [topLevel(CALL)], 'message_not_object');
no('text', 'a string', 'A message is an object.', 'tools/call', 'message_not_object');
no('null', 'null', 'null is no message.', null, 'message_not_object');
no(
  'no-kind',
  'neither method nor result nor error',
  'A message is of one kind.',
  { jsonrpc: '2.0', id: 1, mcps: envelope(CALL) },
  'message_kind_ambiguous',
);
no(
  'two-kinds',
  'a method and a result',
  'A message is not of two kinds.',
  { ...topLevel(CALL), result: {} },
  'message_kind_ambiguous',
);
no(
  'result-and-error',
  'a result and an error',
  'An answer is one or the other.',
  { ...RESULT, error: ERROR.error },
  'message_kind_ambiguous',
);
no(
  'number-method',
  'a method that is a number',
  'A method is a string.',
  { ...CALL, method: 1 },
  'message_kind_ambiguous',
);
no(
  'null-id',
  'a request whose id is null',
  'An id is a string or a number.',
  { ...CALL, id: null },
  'message_kind_ambiguous',
);
no(
  'result-without-id',
  'a result without an id',
  'A result answers something.',
  { jsonrpc: '2.0', result: {} },
  'message_kind_ambiguous',
);
no(
  'array-params',
  'params that are an array',
  'params are an object.',
  { ...LIST, params: [] },
  'container_not_object',
);
no('null-params', 'params that are null', 'null is no object.', { ...LIST, params: null }, 'container_not_object');
no('null-meta', '_meta that is null', '_meta is an object.', carried(CALL, null), 'container_not_object');
no('array-meta', '_meta that is an array', 'An array is no object.', carried(CALL, []), 'container_not_object');
no(
  'text-result',
  'a result that is a string',
  'A result is an object.',
  { jsonrpc: '2.0', id: 1, result: 'done' },
  'container_not_object',
);
no(
  'text-error',
  'an error that is a string',
  'An error is an object.',
  { jsonrpc: '2.0', id: 1, error: 'bad' },
  'container_not_object',
);
