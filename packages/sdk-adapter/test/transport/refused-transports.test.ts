import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { generateKeyPair } from '@mcps/crypto';
import { ConfigurationError, resolveSecurity } from '@mcps/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { secureTransport } from '../../src/index.js';
import type { SecureTransportOptions } from '../../src/index.js';
import { makeParties } from '../harness/parties.js';
import type { Parties } from '../harness/parties.js';
import { ScriptedTransport } from '../harness/scripted-transport.js';

let parties: Parties;
let server: SecureTransportOptions;
beforeAll(async () => {
  parties = await makeParties();
  server = { ...parties.server.options, role: 'server' };
});

function faultOf(run: () => unknown): ConfigurationError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error as ConfigurationError;
  }
  throw new Error('expected a ConfigurationError');
}

describe('a transport that cannot be secured', () => {
  const eventStore = { storeEvent: async () => 'e', replayEventsAfter: async () => 's' };

  it('has an event store, found inside the Node transport and on the web-standard one', () => {
    for (const transport of [
      new StreamableHTTPServerTransport({ sessionIdGenerator: () => 's', eventStore }),
      new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => 's', eventStore }),
    ]) {
      const fault = faultOf(() => secureTransport(transport as Transport, server));
      expect(fault.code).toBe('transport_unsupported');
      expect(fault.message).toContain('event store');
    }
    for (const transport of [
      new StreamableHTTPServerTransport({ sessionIdGenerator: () => 's' }),
      new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => 's' }),
    ]) {
      expect(() => secureTransport(transport as Transport, server)).not.toThrow();
    }
  });

  it('is secured already, as the decorator or as what is below it', () => {
    const inner = new InMemoryTransport();
    const secured = secureTransport(inner, server);
    expect(faultOf(() => secureTransport(secured, server)).code).toBe('already_secured');
    expect(faultOf(() => secureTransport(inner, server)).code).toBe('already_secured');
  });

  it('can be secured again once its decorator has closed', async () => {
    const inner = new ScriptedTransport();
    const first = secureTransport(inner, server);
    await first.start();
    await first.close();
    const second = secureTransport(inner, server);
    const closed: string[] = [];
    first.onclose = () => void closed.push('first');
    second.onclose = () => void closed.push('second');
    await second.start();
    await second.close();
    expect(closed).toEqual(['second']);
  });

  it('is given a queue that is none', () => {
    for (const maxQueuedMessages of [0, -1, 1.5, Number.NaN]) {
      expect(faultOf(() => secureTransport(new InMemoryTransport(), { ...server, maxQueuedMessages })).code).toBe(
        'option_invalid',
      );
    }
  });
});

describe('a mistake in the options', () => {
  const startWith = async (
    options: SecureTransportOptions,
  ): Promise<{ fault: ConfigurationError; inner: ScriptedTransport }> => {
    const inner = new ScriptedTransport();
    const secured = secureTransport(inner, options);
    const fault = await secured.start().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(fault).toBeInstanceOf(ConfigurationError);
    await expect(secured.send({ jsonrpc: '2.0', method: 'notifications/initialized' })).rejects.toBe(fault);
    return { fault: fault as ConfigurationError, inner };
  };

  it('surfaces from start and from send, and starts nothing', async () => {
    const stranger = await generateKeyPair();
    const { trustAnchors: _anchors, ...withoutAnchors } = parties.server.options;
    const cases: [SecureTransportOptions, string][] = [
      [{ ...parties.server.options, role: 'server', privateKey: stranger.privateKey }, 'key_mismatch'],
      [{ ...withoutAnchors, role: 'server' }, 'anchor_required'],
      [{ ...parties.server.options, role: 'server', minTrustLevel: 2 }, 'option_missing'],
      [
        { ...parties.server.options, role: 'server', requireSecurty: false } as SecureTransportOptions,
        'option_invalid',
      ],
      [{ ...parties.server.options, role: 'server', carrier: 'top-level' }, 'option_unsupported'],
      [{ ...parties.server.options, role: 'server', trustAuthority: 'http://a.example' }, 'option_invalid'],
      [{ ...parties.server.options, role: 'server', tools: { authors: { asp_1: 'no key' } } }, 'option_invalid'],
    ];
    for (const [options, code] of cases) {
      const { fault, inner } = await startWith(options);
      expect(fault.code).toBe(code);
      expect(inner.started).toBe(false);
      expect(inner.sent).toEqual([]);
    }
  });

  it('is a configuration of the other role', async () => {
    const config = await resolveSecurity('client', {
      passport: parties.client.identity.passport,
      privateKey: parties.client.identity.privateKey,
      trustAnchors: parties.authority.anchors,
    });
    expect((await startWith({ role: 'server', config })).fault.code).toBe('option_invalid');
  });
});
