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
  const requests = new ListRequests<number>();
  requests.note(list(1), () => 7);
  expect(
    [answer('1'), answer(2), list(1), answer(1), answer(1)].map((message) => requests.take(message) !== undefined),
  ).toEqual([false, false, false, true, false]);
});

it('has no room for more than a connection lets wait, and never forgets one to make some', () => {
  const requests = new ListRequests<number>();
  for (let id = 0; id < 10_000; id += 1) expect(requests.note(list(id), () => 7)).toBe(true);
  expect(requests.note(list('one too many'), () => 7)).toBe(false);
  expect(requests.take(answer('one too many'))).toBeUndefined();
  expect(requests.note({ jsonrpc: '2.0', id: 0, method: 'ping' }, () => 7)).toBe(true);
  requests.note(cancel(5), () => 7);
  expect(requests.note(list('in its place'), () => 7)).toBe(true);
  for (const id of [0, 5, 9_999, 'in its place']) expect(requests.take(answer(id))).toBe(7);
});

it('remembers a thousand cancelled ones, whose answers may be under way', () => {
  const requests = new ListRequests<number>();
  for (let id = 0; id <= 1_000; id += 1) {
    requests.note(list(id), () => 7);
    requests.note(cancel(id), () => 7);
  }
  expect([0, 1, 1_000].map((id) => requests.take(answer(id)) !== undefined)).toEqual([false, true, true]);
  requests.note(cancel('never asked'), () => 7);
  expect(requests.take(answer('never asked'))).toBeUndefined();
});
