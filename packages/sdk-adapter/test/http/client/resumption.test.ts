import { afterEach, describe, expect, it } from 'vitest';
import { OrderedEventStore } from '../../harness/event-store.js';
import { reasonsIn, rejectionOf, textOf, until } from '../../harness/expectations.js';
import { webStandardHandler } from '../../harness/handler-server.js';
import { openSecuredHttp } from '../../harness/secured-http.js';
import type { SecuredHttp } from '../../harness/secured-http.js';
import { CUT } from '../../harness/wiretap.js';
import type { Forged, Passing } from '../../harness/wiretap.js';

let http: SecuredHttp;
/** What the server has stored. */
let stored: OrderedEventStore;

afterEach(() => http.close());

async function open(carrier: 'top-level' | 'meta') {
  stored = new OrderedEventStore();
  http = await openSecuredHttp({
    client: { carrier },
    server: { carrier },
    inner: (calls) => webStandardHandler(calls, { eventStore: stored }),
  });
  return http.connect();
}

const isResumption = ({ method, headers }: Passing) => method === 'GET' && headers['last-event-id'] !== undefined;
const resumptions = () => http.tap.requests.filter(isResumption);
const isAnswer = (message: any) => message.result?.content !== undefined;

/** Breaks the stream of a call off in front of its answer, once. */
function breakOff(): void {
  let isBroken = false;
  http.tap.answer = (message) => {
    if (isBroken || !isAnswer(message)) return [message];
    isBroken = true;
    return CUT;
  };
}

describe.each(['top-level', 'meta'] as const)(
  'a stream that breaks off in the middle of a call, carrier %s',
  (carrier) => {
    const call = async (steps: number[] = []) => {
      const client = await open(carrier);
      breakOff();
      return client.callTool({ name: 'progress', arguments: { steps: 2 } }, undefined, {
        onprogress: ({ progress }) => void steps.push(progress),
      });
    };

    it('is resumed: stored unsigned, signed as it leaves, the answer bound to the call', async () => {
      const steps: number[] = [];
      expect(textOf(await call(steps))).toBe('2 steps');
      expect(steps).toEqual([1, 2]);
      expect(http.calls.names).toEqual(['progress']);
      expect(JSON.stringify(stored.messages)).toContain('2 steps');
      expect(JSON.stringify(stored.messages)).not.toContain('"nonce"');
      expect(resumptions()).toHaveLength(1);
      expect(resumptions()[0]?.headers['mcps-session']).toBeDefined();
      const [lost, again] = http.tap.answers.filter(isAnswer);
      const nonceOf = (message: any) => (message.mcps ?? message.result._meta['dev.mcps/envelope']).nonce;
      expect(again.id).toBe(lost.id);
      expect(nonceOf(again)).not.toBe(nonceOf(lost));
      expect(reasonsIn(http.errors)).toEqual([]);
    });

    it('the answer that was held back comes in the resumed stream as well: it is delivered once', async () => {
      const client = await open(carrier);
      breakOff();
      const brokenOff = http.tap.answer;
      let old: any;
      http.tap.answer = async (message, request) => {
        const passed = await brokenOff(message, request);
        if (passed === CUT) old = message;
        return passed === CUT || !isAnswer(message) ? passed : [old, message];
      };
      const result = await client.callTool({ name: 'progress', arguments: { steps: 1 } });
      expect(textOf(result)).toBe('1 steps');
      await until(() => reasonsIn(http.errors).length > 0, 'the refusal of the second');
      expect(http.calls.names).toEqual(['progress']);
    });

    it('whose resumed answer is changed: it is refused, and the caller told so', async () => {
      const client = await open(carrier);
      breakOff();
      const brokenOff = http.tap.answer;
      http.tap.answer = async (message, request) => {
        const passed = await brokenOff(message, request);
        if (!isResumption(request) || passed === CUT) return passed;
        return [JSON.parse(JSON.stringify(message).replace('1 steps', '9 steps'))];
      };
      const refused = await rejectionOf(client.callTool({ name: 'progress', arguments: { steps: 1 } }));
      expect(refused.data).toMatchObject({ reason: 'signature_invalid', outcome: 'unknown' });
    });

    it('whose resumed stream gives the answer to another call under this id: it is refused', async () => {
      const client = await open(carrier);
      let other: any;
      http.tap.answer = (message) => {
        if (isAnswer(message)) other ??= message;
        return [message];
      };
      await client.callTool({ name: 'echo', arguments: { text: 'other' } });
      breakOff();
      const brokenOff = http.tap.answer;
      http.tap.answer = async (message, request) => {
        const passed = await brokenOff(message, request);
        if (!isResumption(request) || passed === CUT || !isAnswer(message)) return passed;
        return [{ ...other, id: message.id }];
      };
      const refused = await rejectionOf(client.callTool({ name: 'progress', arguments: { steps: 1 } }));
      expect(refused.data).toMatchObject({ outcome: 'unknown' });
    });

    it.each([
      ['takes the place of resumption away', (request: Passing) => delete request.headers['last-event-id']],
      ['changes it', (request: Passing) => (request.headers['last-event-id'] = 'x')],
      ['takes the header of the session away', (request: Passing) => delete request.headers['mcps-session']],
      [
        'gives an old one',
        (request: Passing) =>
          (request.headers['mcps-session'] =
            http.tap.requests.find(({ headers }) => headers['mcps-session'])?.headers['mcps-session'] ?? ''),
      ],
    ])('somebody on the way %s: the server refuses, and the next attempt goes on', async (_name, change) => {
      const client = await open(carrier);
      await until(() => http.tap.requests.some(({ method }) => method === 'GET'), 'the GET stream');
      breakOff();
      let changed = 0;
      http.tap.request = (request) => {
        if (isResumption(request) && changed++ === 0) change(request);
        return undefined;
      };
      const result = await client.callTool({ name: 'progress', arguments: { steps: 1 } });
      expect(textOf(result)).toBe('1 steps');
      expect(changed).toBe(2);
      expect(http.tap.statuses.slice(-2).map(({ status }) => status)).toEqual([400, 200]);
    });

    it.each([404, 405])('that cannot be resumed, for a status of %i: the caller is told at once', async (status) => {
      const client = await open(carrier);
      breakOff();
      http.tap.request = (request): Forged | undefined =>
        isResumption(request) ? { status, body: 'evil', headers: { 'content-type': 'text/plain' } } : undefined;
      const refused = await rejectionOf(client.callTool({ name: 'progress', arguments: { steps: 1 } }));
      expect(refused.data).toMatchObject({ outcome: 'unknown' });
      expect(String(refused)).not.toContain('evil');
    });
  },
);
