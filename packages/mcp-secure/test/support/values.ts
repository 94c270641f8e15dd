import * as mcps from '../../src/index.js';

/** An authority, an agent with a passport of it, and a stranger with a key. */
export function people(): {
  readonly authority: mcps.KeyPairPem;
  readonly agent: mcps.KeyPairPem;
  readonly stranger: mcps.KeyPairPem;
  readonly passport: mcps.PassportObject;
} {
  const [authority, agent, stranger] = [mcps.generateKeyPair(), mcps.generateKeyPair(), mcps.generateKeyPair()];
  const draft = mcps.createPassport({ name: 'agent', publicKey: agent.publicKey, issuer: 'authority.example' });
  return { authority, agent, stranger, passport: mcps.signPassport(draft, authority.privateKey) };
}

export const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'read_file' } };

export const TOOL = {
  name: 'read_file',
  description: 'Reads a file',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
};
