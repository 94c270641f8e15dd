import { sign } from '@mcps/crypto';
import type { Signer } from '@mcps/crypto';
import { MemoryKnownPeers } from '@mcps/protocol';
import type { Attack, Damage } from './attack.js';
import { Authority } from '../world/authority.js';
import type { Identity } from '../world/authority.js';
import type { Bank } from '../world/bank.js';
import { transfer } from '../world/world.js';
import type { Extra, World } from '../world/world.js';
import type { WireMessage } from '../world/wire.js';

/** Lets somebody connect and ask for a transfer; tells whether the tool ran. */
async function tryTransfer(world: World, bank: Bank, extra: Extra, identity?: Identity): Promise<Damage> {
  const ran = (): Damage => {
    const [first] = bank.transfers;
    return { succeeded: first !== undefined, effect: first ?? 'not let in, tool not run' };
  };
  try {
    const { client } = await world.connect(bank, extra, identity);
    await transfer(client, 10_000, 'mallory');
  } catch {
    // Refused at the door. What was refused, and why, the server has told.
  }
  return ran();
}

const wrongKey: Attack = {
  id: 'wrong-key',
  title: "shows another agent's passport, with a key of its own",
  expected: { code: 'MCPS-004', reason: 'signature_invalid' },
  async run(world) {
    const [victim, thief] = [await world.authority.issue('victim'), await world.authority.issue('thief')];
    // A signer that does not say which key it holds: the thief's own client has nothing to compare.
    const signer: Signer = { format: 'p1363', sign: (data) => sign(thief.privateKey, data) };
    return tryTransfer(world, await world.bank(), { privateKey: signer }, victim);
  },
};

const unsignedCall: Attack = {
  id: 'unsigned-call',
  title: 'calls without a passport or a signature',
  expected: { code: 'MCPS-004', reason: 'envelope_missing' },
  async run(world) {
    const bank = await world.bank();
    const party = world.party(bank);
    try {
      await party.client.connect(party.attacker);
      await transfer(party.client, 10_000, 'mallory');
    } catch {
      // Refused at the door.
    }
    return { succeeded: bank.transfers.length > 0, effect: bank.transfers[0] ?? 'not let in, tool not run' };
  },
};

const lowLevel: Attack = {
  id: 'low-level',
  title: 'has a valid passport of level 1 where level 2 is asked for',
  expected: { code: 'MCPS-009', reason: 'level_insufficient' },
  async run(world) {
    const bank = await world.bank({ minTrustLevel: 2, statusSource: world.authority.status });
    return tryTransfer(world, bank, {}, await world.authority.issue('intern', { trustLevel: 1 }));
  },
};

const unknownAuthority: Attack = {
  id: 'unknown-authority',
  title: 'has a passport of an authority that nobody configured',
  expected: { code: 'MCPS-009', reason: 'level_insufficient' },
  async run(world) {
    const stranger = await (await Authority.create('somebody-else')).issue('stranger', { trustLevel: 4 });
    return tryTransfer(world, await world.bank(), {}, stranger);
  },
};

const forgedIssuer: Attack = {
  id: 'forged-issuer',
  title: 'signs itself a passport in the name of the authority',
  expected: { code: 'MCPS-001', reason: 'passport_signature_invalid' },
  async run(world) {
    const forger = await Authority.create(world.authority.issuer);
    return tryTransfer(world, await world.bank(), {}, await forger.issue('forged', { trustLevel: 4 }));
  },
};

const expiredPassport: Attack = {
  id: 'expired-passport',
  title: 'shows a passport that has expired',
  expected: { code: 'MCPS-002', reason: 'passport_expired' },
  async run(world) {
    // Valid for another second on the agent's clock; the server's is two seconds ahead.
    const agent = await world.authority.issue('late', { ttlSeconds: 1 });
    world.serverSkewMs = 2_000;
    return tryTransfer(world, await world.bank(), {}, agent);
  },
};

const revokedPassport: Attack = {
  id: 'revoked-passport',
  title: 'goes on in an open session after its passport has been revoked',
  expected: { code: 'MCPS-003', reason: 'passport_revoked' },
  async run(world) {
    const agent = await world.authority.issue('agent');
    const bank = await world.bank({ minTrustLevel: 2, statusSource: world.authority.status });
    const { client } = await world.connect(bank, {}, agent);
    await transfer(client, 10);
    world.authority.revoke(agent);
    await transfer(client, 10_000, 'mallory');
    return { succeeded: bank.transfers.length > 1, effect: bank.transfers[1] ?? 'tool not run again' };
  },
};

const strippedCapability: Attack = {
  id: 'stripped-capability',
  title: 'strips MCPS off the handshake with a server that is known to speak it',
  expected: { code: 'MCPS-012', reason: 'downgrade' },
  async run(world) {
    // Both sides would do without security; only the memory of the first connection is in the way.
    const lax = { requireSecurity: false, minTrustLevel: 0 } as const;
    const bank = await world.bank(lax);
    // One memory of secure peers for both connections, as any client would have it.
    const extra = { ...lax, endpoint: bank.url.href, knownPeers: new MemoryKnownPeers() };
    await world.connect(bank, extra);
    const party = world.party(bank);
    party.attacker.toServer = (message) => [stripped(message)];
    try {
      await world.join(party, extra);
      await transfer(party.client, 10_000, 'mallory');
    } catch {
      // The client refuses to go on in plain.
    }
    return { succeeded: bank.transfers.length > 0, effect: bank.transfers[0] ?? 'client does not go on in plain' };
  },
};

function stripped(message: WireMessage): WireMessage {
  const params = message['params'] as WireMessage | undefined;
  if (params === undefined) return message;
  const { _meta: _removed, ...rest } = params;
  const capabilities = rest['capabilities'] as WireMessage | undefined;
  if (capabilities === undefined) return { ...message, params: rest };
  const { extensions: _advertised, ...others } = capabilities;
  return { ...message, params: { ...rest, capabilities: others } };
}

export const ATTACKS_BY_STRANGERS: readonly Attack[] = [
  wrongKey,
  unsignedCall,
  lowLevel,
  unknownAuthority,
  forgedIssuer,
  expiredPassport,
  revokedPassport,
  strippedCapability,
];
