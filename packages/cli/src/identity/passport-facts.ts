import { decodeChain, issuerOf, parseTimestamp } from '@mcps/protocol';
import type { Passport, VerifiedPassport } from '@mcps/protocol';
import { table } from '../output/table.js';

/** What a passport says, for a person; nothing of it is verified by being shown. */
export function passportRows(passport: Passport): readonly (readonly [string, string])[] {
  const { agent, ext } = passport;
  return [
    ['passport', passport.passport_id],
    ['agent', `${agent.name} ${agent.version}`],
    ['capabilities', agent.capabilities.length === 0 ? 'none' : agent.capabilities.join(', ')],
    ['level claimed', String(passport.trust_level)],
    ['issuer', issuerOf(passport)],
    ['issuers above', String(passport.issuer_chain.length)],
    ['origin', passport.origin ?? 'any'],
    ['issued', passport.issued_at],
    ['expires', `${passport.expires_at}${parseTimestamp(passport.expires_at) <= Date.now() ? ' (expired)' : ''}`],
    ['signed', passport.signature === undefined ? 'no' : 'yes'],
    ...(ext?.issuing === undefined
      ? []
      : ([['may issue', `depth ${ext.issuing.depth}, level ${ext.issuing.level}`]] as const)),
    ...(ext?.evidence === undefined ? [] : ([['evidence', ext.evidence.map(({ type }) => type).join(', ')]] as const)),
  ];
}

/** What verification has found out, as JSON. */
export function verifiedFacts(verified: VerifiedPassport) {
  const { passport, id, digest, standing, anchor, chain, staticLevel, identity, publicKey } = verified;
  return {
    passportId: id,
    agent: passport.agent,
    standing,
    issuer: issuerOf(passport),
    anchor: anchor?.issuer,
    chain: chain.map((element) => ({ passportId: element.passport.passport_id, agent: element.passport.agent.name })),
    level: staticLevel,
    identity,
    digest,
    publicKeyThumbprint: publicKey.thumbprint,
    expiresAt: passport.expires_at,
  };
}

/** The chain below an anchor as lines, the anchor first. */
export function chainLines(passport: Passport, anchor: string | undefined): string {
  const issuers = decodeChain(passport).reverse();
  const links = [...issuers, passport];
  return table([
    [anchor ?? '(no anchor)', 'anchor'],
    ...links.map((link, index) => [
      `${'  '.repeat(index + 1)}${link.passport_id}`,
      link.agent.name,
      `level ${link.trust_level}`,
    ]),
  ]);
}
