import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { secureTransport } from '../../src/index.js';
import { isCall } from '../harness/expectations.js';
import { clone, stripped } from '../harness/message.js';
import { makeParties } from '../harness/parties.js';
import { ScriptedTransport } from '../harness/scripted-transport.js';
import { inMemory, secured, statefulHttp } from '../harness/session.js';

const everything = (value: unknown): string =>
  inspect(value, { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null });

/** Everything that an error says to whoever prints it. */
const told = (errors: readonly unknown[]): string =>
  errors
    .map(
      (error) =>
        `${everything(error)} ${String(error)} ${error instanceof Error ? `${error.stack ?? ''} ${everything(error.cause)}` : ''}`,
    )
    .join('\n');

describe.each([inMemory, statefulHttp])('private keys: $name', (runner) => {
  it('appear in no message, error, audit event or printed transport', async () => {
    const parties = await makeParties();
    const secrets = [...parties.client.identity.secrets, ...parties.server.identity.secrets];
    // Every way to give a key: as PEM on one side, as a JWK on the other.
    const session = await runner.open({
      client: { ...parties.client.options, privateKey: parties.client.identity.pem },
      server: { ...parties.server.options, privateKey: parties.server.identity.jwk },
    });
    await session.connect();
    await session.client.listTools();
    session.attacker.once('toServer', isCall('echo'), (message) => [stripped(message)]);
    await session.client
      .callTool({ name: 'echo', arguments: { text: 'x' } })
      .catch((error: unknown) => session.clientErrors.push(error as Error));
    session.attacker.once(
      'toClient',
      (message) => message.result?.content !== undefined,
      (message) => {
        const copy = clone(message);
        copy.result.content = [];
        return [copy];
      },
    );
    await session.client
      .callTool({ name: 'echo', arguments: { text: 'x' } })
      .catch((error: unknown) => session.clientErrors.push(error as Error));
    const output = [
      told([...session.clientErrors, ...session.serverErrors]),
      JSON.stringify([session.attacker.fromClient, session.attacker.fromServer]),
      JSON.stringify([parties.client.audit, parties.server.audit]),
      everything(secured(session.client)),
      everything(secured(session.client).snapshot()),
    ].join('\n');
    await session.close();
    expect(output).toContain('MCPS-004');
    for (const secret of secrets) expect(output).not.toContain(secret);
  });
});

describe('a private key that cannot be used', () => {
  it('is not repeated by the error that says so', async () => {
    const parties = await makeParties();
    const { pem, jwk, secrets } = parties.client.identity;
    const broken: unknown[] = [
      pem.replace('BEGIN PRIVATE', 'BEGIN BROKEN'),
      pem.slice(0, -40),
      { ...jwk, crv: 'P-384' },
      { ...jwk, x: jwk.y },
      JSON.stringify(jwk),
      { d: jwk.d },
    ];
    for (const privateKey of broken) {
      const transport = secureTransport(new ScriptedTransport(), {
        ...parties.client.options,
        privateKey: privateKey as string,
        role: 'client',
      });
      const fault = await transport.start().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(fault).toBeInstanceOf(Error);
      const output = told([fault]);
      for (const secret of secrets) expect(output).not.toContain(secret);
    }
  });
});
