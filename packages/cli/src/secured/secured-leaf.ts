import { Option } from '@commander-js/extra-typings';
import { collect, leaf } from '../leaf.js';

/** A command that secures one side of a connection: the options that say who one is, and whom to let in. Variables of the environment stand in for them. */
export function securedLeaf(name: string, description: string) {
  return leaf(name, description)
    .option('--identity <file>', 'who this side is: JSON {passport, privateKey, trustAnchors?} [MCPS_IDENTITY_FILE]')
    .option('--passport <file>', 'or: the passport [MCPS_PASSPORT_FILE]')
    .option(
      '--key <file>',
      'and: its private key, PEM or JWK [MCPS_PRIVATE_KEY_FILE; MCPS_PRIVATE_KEY is the key itself]',
    )
    .option('--passphrase-file <file>', 'passphrase of an encrypted key [MCPS_PASSPHRASE is the passphrase itself]')
    .option('--anchors <file>', 'whom to believe; default: those of --identity [MCPS_TRUST_ANCHORS_FILE]')
    .option('--min-trust-level <0-4>', 'least trust level of the other side; default 1 [MCPS_MIN_TRUST_LEVEL]')
    .option('--trust-authority <url>', 'authority that says who is revoked, as it happens [MCPS_TRUST_AUTHORITY]')
    .option(
      '--status-list <file>',
      'in its place: signed list of who is revoked, read again when it changes; one of the two is needed from level 2 on; repeatable [MCPS_STATUS_LIST_FILE]',
      collect,
    )
    .option('--status-max-age <seconds>', 'how old such a list may be; default 60 [MCPS_STATUS_MAX_AGE]')
    .option(
      '--allow-unsigned',
      'accept a peer that knows nothing of MCPS; needs --min-trust-level 0 [MCPS_ALLOW_UNSIGNED=1]',
    )
    .option(
      '--allow-published-peers',
      'accept a peer of the published format without session protection [MCPS_ALLOW_PUBLISHED_PEERS=1]',
    )
    .addOption(
      new Option(
        '--carrier <place>',
        'where the envelope goes: auto (a server, where the request had its own), meta (what an official SDK can read) or top-level; default: auto for a server, meta for a client [MCPS_CARRIER]',
      ),
    )
    .option('--observe', 'verify and report, but refuse nothing: for roll-out only [MCPS_OBSERVE=1]')
    .option(
      '--audit <file>',
      'append every decision to a tamper-evident trail, signed with this key: see "mcps audit verify" [MCPS_AUDIT_FILE]',
    )
    .option('--audit-format <format>', 'trail, or jsonl for plain lines; default: trail [MCPS_AUDIT_FORMAT]')
    .option(
      '--audit-head <file>',
      "keep the trail's latest checkpoint here too, best out of reach of whoever can write the trail [MCPS_AUDIT_HEAD_FILE]",
    );
}

/** What the options of {@link securedLeaf} come to. */
export interface SecuredOptions {
  readonly identity?: string | undefined;
  readonly passport?: string | undefined;
  readonly key?: string | undefined;
  readonly passphraseFile?: string | undefined;
  readonly anchors?: string | undefined;
  readonly minTrustLevel?: string | undefined;
  readonly trustAuthority?: string | undefined;
  readonly statusList?: readonly string[] | undefined;
  readonly statusMaxAge?: string | undefined;
  readonly allowUnsigned?: true | undefined;
  readonly allowPublishedPeers?: true | undefined;
  readonly carrier?: string | undefined;
  readonly observe?: true | undefined;
  readonly audit?: string | undefined;
  readonly auditFormat?: string | undefined;
  readonly auditHead?: string | undefined;
}
