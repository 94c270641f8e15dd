import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { secureTransport } from '../../src/index.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { ScriptedTransport } from '../harness/scripted-transport.js';
import { INITIALIZE, settled } from '../harness/secured-pair.js';

let parties: Parties;
beforeAll(async () => {
  parties = await makeParties();
});

const asClient = <T extends Transport>(transport: T) =>
  secureTransport(transport, { ...parties.client.options, role: 'client' });
const asServer = <T extends Transport>(transport: T) =>
  secureTransport(transport, { ...parties.server.options, role: 'server' });

describe('members of the transport below', () => {
  it('are there only where the transport below has them', () => {
    const plain = asClient(new InMemoryTransport());
    for (const name of [
      'setProtocolVersion',
      'hasPerRequestStream',
      'setSupportedProtocolVersions',
      'finishAuth',
      'handleRequest',
    ]) {
      expect(name in plain).toBe(false);
    }
    const http = asClient(
      new StreamableHTTPClientTransport(new URL('http://127.0.0.1:9/mcp')) as Transport & StreamableHTTPClientTransport,
    );
    for (const name of ['setProtocolVersion', 'finishAuth', 'terminateSession', 'resumeStream', 'protocolVersion']) {
      expect(name in http).toBe(true);
    }
    http.setProtocolVersion('2025-11-25');
    expect(http.protocolVersion).toBe('2025-11-25');
    const server = asServer(new StreamableHTTPServerTransport({}) as Transport & StreamableHTTPServerTransport);
    for (const name of ['handleRequest', 'closeSSEStream', 'closeStandaloneSSEStream'])
      expect(typeof Reflect.get(server, name)).toBe('function');
    const stdio = asClient(new StdioClientTransport({ command: 'true' }));
    expect(stdio.pid).toBeNull();
    expect(stdio.stderr).toBeNull();
  });

  it('run on the transport below and keep their identity', async () => {
    class WithExtras extends ScriptedTransport {
      readonly seen: unknown[] = [];
      readonly hasPerRequestStream = true;
      setSupportedProtocolVersions(versions: string[]): void {
        this.seen.push(versions);
      }
      async handleMessage(message: unknown): Promise<void> {
        this.seen.push(message);
      }
    }
    const inner = new WithExtras();
    const secured = asServer(inner);
    const extras = secured as unknown as WithExtras;
    expect(extras.hasPerRequestStream).toBe(true);
    expect(extras.setSupportedProtocolVersions).toBe(extras.setSupportedProtocolVersions);
    extras.setSupportedProtocolVersions(['2025-11-25']);
    await extras.handleMessage('m');
    expect(inner.seen).toEqual([['2025-11-25'], 'm']);
  });

  it('include a live sessionId, in both directions', () => {
    const inner: Transport = new ScriptedTransport();
    const secured = asClient(inner);
    expect(secured.sessionId).toBeUndefined();
    inner.sessionId = 'from below';
    expect(secured.sessionId).toBe('from below');
    secured.sessionId = 'from above';
    expect(inner.sessionId).toBe('from above');
  });

  it('can be replaced on the decorator, which is not frozen', async () => {
    const inner = new ScriptedTransport();
    const secured = asClient(inner);
    const start = secured.start.bind(secured);
    let replaced = false;
    secured.start = async () => {
      replaced = true;
      await start();
    };
    await secured.start();
    expect(replaced).toBe(true);
    expect(inner.started).toBe(true);
  });
});

describe('send', () => {
  it('passes every option on, known to us or not', async () => {
    const inner = new ScriptedTransport();
    const secured = asClient(inner);
    await secured.start();
    const signal = new AbortController().signal;
    const options = {
      relatedRequestId: 7,
      resumptionToken: 't',
      onresumptiontoken: () => undefined,
      requestSignal: signal,
      onRequestStreamEnd: () => undefined,
      headers: { a: 'b' },
    };
    await secured.send(INITIALIZE, options);
    expect(inner.sent[0]!.options).toBe(options);
  });

  it('settles with the send below, one by one, and never waits for one to sign the next', async () => {
    const inner = new ScriptedTransport();
    const secured = secureTransport(inner, {
      ...parties.client.options,
      role: 'client',
      audience: 'https://mcp.example/mcp',
    });
    await secured.start();
    const finish: ((error?: Error) => void)[] = [];
    inner.sending = () =>
      new Promise((resolve, reject) => finish.push((error) => (error === undefined ? resolve() : reject(error))));
    const outcomes: string[] = [];
    const send = (id: number) =>
      secured.send({ jsonrpc: '2.0', id, method: 'ping' }).then(
        () => outcomes.push(`${id} sent`),
        (error: unknown) => outcomes.push(`${id} ${(error as Error).message}`),
      );
    const all = Promise.all([send(1), send(2), send(3)]);
    await settled(() => inner.sent.length === 3);
    expect(inner.sent.map(({ message }) => message.id)).toEqual([1, 2, 3]);
    expect(outcomes).toEqual([]);
    finish[1]!(new Error('wire broke'));
    finish[2]!();
    await settled(() => outcomes.length === 2);
    expect(outcomes).toEqual(['2 wire broke', '3 sent']);
    finish[0]!();
    await all;
    expect(outcomes[2]).toBe('1 sent');
  });
});

describe('callbacks', () => {
  it('are own, assignable, and read when something is delivered', async () => {
    const inner = new ScriptedTransport();
    const secured = asClient(inner);
    await secured.start();
    const seen: string[] = [];
    secured.onerror = () => void seen.push('first');
    secured.onerror = () => void seen.push('second');
    inner.onerror?.(new Error('below'));
    secured.onclose = () => void seen.push('closed');
    inner.onclose?.();
    await settled(() => seen.length === 2);
    expect(seen).toEqual(['second', 'closed']);
  });

  it('that the application had set on the transport below still run', async () => {
    const inner = new ScriptedTransport();
    const seen: string[] = [];
    inner.onclose = () => void seen.push('application');
    const secured = asServer(inner);
    secured.onclose = () => void seen.push('sdk');
    await secured.start();
    await secured.close();
    expect(seen).toEqual(['application', 'sdk']);
  });

  it('that throw do not stop what comes after', async () => {
    const inner = new ScriptedTransport();
    const lax = await makeParties({ server: { requireSecurity: false, minTrustLevel: 0 } });
    const secured = secureTransport(inner, { ...lax.server.options, role: 'server' });
    const errors: string[] = [];
    const seen: unknown[] = [];
    secured.onerror = (error) => void errors.push(error.message);
    secured.onmessage = (message) => {
      seen.push(message);
      if (seen.length === 1) throw new Error('handler broke');
    };
    await secured.start();
    inner.receive({ jsonrpc: '2.0', id: 1, method: 'ping' });
    inner.receive({ jsonrpc: '2.0', id: 2, method: 'ping' });
    await settled(() => seen.length === 2);
    expect(errors).toEqual(['handler broke']);
    secured.onerror = () => {
      throw new Error('error handler broke');
    };
    secured.onmessage = () => {
      seen.push('third');
      throw new Error('again');
    };
    inner.receive({ jsonrpc: '2.0', id: 3, method: 'ping' });
    inner.receive({ jsonrpc: '2.0', id: 4, method: 'ping' });
    await settled(() => seen.length === 4);
  });
});
