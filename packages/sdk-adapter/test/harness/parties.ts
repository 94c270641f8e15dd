import type { AuditEvent, SecurityOptions } from '@mcps/protocol';
import type { AdapterOptions } from '../../src/index.js';
import { Authority } from './identities.js';
import type { Identity } from './identities.js';

export type PartyOptions = SecurityOptions & AdapterOptions;

/** One side of a test: who it is, how it is secured, what it decided. */
export interface Party {
  readonly identity: Identity;
  readonly options: PartyOptions;
  readonly audit: AuditEvent[];
}

/** A client and a server that trust the same throwaway authority. */
export interface Parties {
  readonly authority: Authority;
  readonly client: Party;
  readonly server: Party;
}

export interface PartyOverrides {
  readonly client?: Partial<PartyOptions>;
  readonly server?: Partial<PartyOptions>;
}

export async function makeParties(overrides: PartyOverrides = {}): Promise<Parties> {
  const authority = await Authority.create();
  return {
    authority,
    client: makeParty(authority, await authority.issue('test-client'), overrides.client),
    server: makeParty(authority, await authority.issue('test-server'), overrides.server),
  };
}

export function makeParty(authority: Authority, identity: Identity, overrides: Partial<PartyOptions> = {}): Party {
  const audit: AuditEvent[] = [];
  const options: PartyOptions = {
    passport: identity.passport,
    privateKey: identity.privateKey,
    trustAnchors: authority.anchors,
    onAudit: (event) => void audit.push(event),
    ...overrides,
  };
  return { identity, options, audit };
}
