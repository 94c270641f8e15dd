import type { Attack } from './attack.js';
import { transfer } from '../world/world.js';
import { isCall, isCallResult, once } from '../world/wire.js';
import type { WireMessage } from '../world/wire.js';

function withAmount(message: WireMessage, amount: number): WireMessage {
  const params = message['params'] as { arguments: WireMessage };
  return { ...message, params: { ...params, arguments: { ...params.arguments, amount } } };
}

const tamperedCall: Attack = {
  id: 'tampered-call',
  title: 'changes the amount of a call',
  expected: { code: 'MCPS-004', reason: 'signature_invalid' },
  async run(world) {
    const bank = await world.bank();
    const { client, attacker } = await world.connect(bank);
    attacker.toServer = once(isCall, (message) => [withAmount(message, 10_000)]);
    await transfer(client, 10);
    return { succeeded: bank.transfers.length > 0, effect: bank.transfers[0] ?? 'tool not run' };
  },
};

const tamperedAnswer: Attack = {
  id: 'tampered-answer',
  title: 'changes the text of an answer',
  expected: { code: 'MCPS-004', reason: 'signature_invalid' },
  async run(world) {
    const bank = await world.bank();
    const { client, attacker } = await world.connect(bank);
    const lie = 'Nothing was sent, try again';
    attacker.toClient = once(isCallResult, (message) => [
      {
        ...message,
        result: { content: [{ type: 'text', text: lie }], _meta: (message['result'] as WireMessage)['_meta'] },
      },
    ]);
    const text = await transfer(client, 10);
    return {
      succeeded: text === lie,
      effect: text === lie ? `agent reads "${lie}"` : 'agent is told that the outcome is unknown',
    };
  },
};

const replay: Attack = {
  id: 'replay',
  title: 'sends a call a second time',
  expected: { code: 'MCPS-005', reason: 'sequence_repeated' },
  async run(world) {
    const bank = await world.bank();
    const { client, attacker } = await world.connect(bank);
    let copy: WireMessage | undefined;
    attacker.toServer = once(isCall, (message) => {
      copy = structuredClone(message);
      return [message];
    });
    await transfer(client, 10);
    if (copy !== undefined) await attacker.inject(copy);
    await settled(() => bank.transfers.length > 1 || world.refusals.length > 0);
    return { succeeded: bank.transfers.length > 1, effect: `tool ran ${times(bank.transfers.length)}` };
  },
};

const staleCall: Attack = {
  id: 'stale-timestamp',
  title: 'keeps a call back for six minutes',
  expected: { code: 'MCPS-006', reason: 'timestamp_too_old' },
  async run(world) {
    const bank = await world.bank();
    const { client, attacker } = await world.connect(bank);
    attacker.toServer = once(isCall, (message) => {
      world.serverSkewMs = 360_000;
      return [message];
    });
    await transfer(client, 10);
    return { succeeded: bank.transfers.length > 0, effect: bank.transfers[0] ?? 'tool not run' };
  },
};

const swappedAnswers: Attack = {
  id: 'swapped-answers',
  title: 'swaps the answers to two calls',
  expected: { code: 'MCPS-004', reason: 'signature_invalid' },
  async run(world) {
    const bank = await world.bank();
    const { client, attacker } = await world.connect(bank);
    const waiting: WireMessage[] = [];
    attacker.toClient = (message) => {
      if (!isCallResult(message) || waiting.length === 2) return [message];
      waiting.push(message);
      const [first, second] = waiting;
      if (first === undefined || second === undefined) return [];
      return [
        { ...first, id: second['id'] },
        { ...second, id: first['id'] },
      ];
    };
    const [one, two] = await Promise.all([transfer(client, 1), transfer(client, 2)]);
    const swapped = one.startsWith('2 ') && two.startsWith('1 ');
    return {
      succeeded: swapped,
      effect: swapped ? 'each call got the answer of the other' : 'agent is told that the outcome is unknown',
    };
  },
};

const answerOfAnotherSession: Attack = {
  id: 'answer-of-another-session',
  title: 'answers a call with an answer from another session',
  expected: { code: 'MCPS-012', reason: 'session_mismatch' },
  async run(world) {
    const bank = await world.bank();
    const agent = await world.authority.issue('agent');
    const first = await world.connect(bank, {}, agent);
    const second = await world.connect(bank, {}, agent);
    let earlier: WireMessage | undefined;
    first.attacker.toClient = once(isCallResult, (message) => {
      earlier = structuredClone(message);
      return [message];
    });
    await transfer(first.client, 1);
    second.attacker.toClient = once(isCallResult, (message) => [earlier ?? message]);
    const text = await transfer(second.client, 500);
    const fooled = text.startsWith('1 ');
    return {
      succeeded: fooled,
      effect: fooled ? `agent reads "${text}" about a transfer of 500` : 'agent is told that the outcome is unknown',
    };
  },
};

const relay: Attack = {
  id: 'relay',
  title: 'relays a call to another server',
  expected: { code: 'MCPS-011', reason: 'audience_mismatch' },
  async run(world) {
    const [meant, other] = [await world.bank(), await world.bank()];
    const agent = await world.authority.issue('agent');
    const toMeant = await world.connect(meant, {}, agent);
    const toOther = await world.connect(other, {}, agent);
    let captured: WireMessage | undefined;
    toMeant.attacker.toServer = once(isCall, (message) => {
      captured = structuredClone(message);
      return [message];
    });
    await transfer(toMeant.client, 10);
    if (captured !== undefined) await toOther.attacker.inject(captured);
    await settled(() => other.transfers.length > 0 || world.refusals.length > 0);
    return {
      succeeded: other.transfers.length > 0,
      effect: other.transfers.length > 0 ? 'the other server ran it' : 'tool not run there',
    };
  },
};

const reflection: Attack = {
  id: 'reflection',
  title: 'throws a request back at its sender',
  expected: { code: 'MCPS-005', reason: 'signer_is_self' },
  async run(world) {
    const bank = await world.bank();
    const { client, attacker } = await world.connect(bank);
    attacker.toServer = once(
      (message) => message['method'] === 'ping',
      (message) => {
        attacker.onmessage?.(structuredClone(message) as never);
        return [];
      },
    );
    let answered = false;
    const ping = client.ping({ timeout: 1_000 }).then(
      () => undefined,
      () => undefined,
    );
    const honest = attacker.toServer;
    attacker.toServer = (message) => {
      if (message['result'] !== undefined) answered = true;
      return honest(message);
    };
    await ping;
    return {
      succeeded: answered,
      effect: answered ? 'agent answered its own request' : 'agent does not answer itself',
    };
  },
};

export const ATTACKS_ON_THE_WIRE: readonly Attack[] = [
  tamperedCall,
  tamperedAnswer,
  replay,
  staleCall,
  swappedAnswers,
  answerOfAnotherSession,
  relay,
  reflection,
];

/** Waits until something has happened, for two seconds at most. */
async function settled(happened: () => boolean): Promise<void> {
  const end = Date.now() + 2_000;
  while (!happened() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}

const times = (count: number): string => (count === 1 ? 'once' : `${String(count)} times`);
