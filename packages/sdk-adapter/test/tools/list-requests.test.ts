import { expect, it } from 'vitest';
import { ListRequests } from '../../src/tools/list-requests.js';
import type { Wire } from '../harness/message.js';

const list = (id: number | string): Wire => ({ jsonrpc: '2.0', id, method: 'tools/list' });
const answer = (id: number | string): Wire => ({ jsonrpc: '2.0', id, result: { tools: [] } });
const cancel = (requestId: number | string): Wire => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

it('knows the answer to a list, once, and tells the number 1 from the text "1"', () => {
  const requests = new ListRequests();
  requests.note(list(1));
  expect([answer('1'), answer(2), list(1), answer(1), answer(1)].map((message) => requests.isAnswer(message))).toEqual([
    false,
    false,
    false,
    true,
    false,
  ]);
});

it('has no room for more than a connection lets wait, and never forgets one to make some', () => {
  const requests = new ListRequests();
  for (let id = 0; id < 10_000; id += 1) expect(requests.note(list(id))).toBe(true);
  expect(requests.note(list('one too many'))).toBe(false);
  expect(requests.isAnswer(answer('one too many'))).toBe(false);
  expect(requests.note({ jsonrpc: '2.0', id: 0, method: 'ping' })).toBe(true);
  requests.note(cancel(5));
  expect(requests.note(list('in its place'))).toBe(true);
  for (const id of [0, 5, 9_999, 'in its place']) expect(requests.isAnswer(answer(id))).toBe(true);
});

it('remembers a thousand cancelled ones, whose answers may be under way', () => {
  const requests = new ListRequests();
  for (let id = 0; id <= 1_000; id += 1) {
    requests.note(list(id));
    requests.note(cancel(id));
  }
  expect([0, 1, 1_000].map((id) => requests.isAnswer(answer(id)))).toEqual([false, true, true]);
  requests.note(cancel('never asked'));
  expect(requests.isAnswer(answer('never asked'))).toBe(false);
});
