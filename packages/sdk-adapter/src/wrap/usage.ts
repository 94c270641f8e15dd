export const USAGE = `Usage: mcps-wrap [options] -- <command> [arguments...]

Puts MCPS in front of any MCP server that speaks over stdio: starts <command>, verifies every message
from the client before the server sees it, and signs every answer with the given passport. The
signature vouches for the way between client and mcps-wrap; what the server says is the server's.

Identity (required), in one file or in two; on POSIX systems nobody but its owner may have any access
to a file with a key in it:
  --identity FILE         JSON {passport, privateKey, trustAnchors?}, the options of secureMCP
                                                                [env MCPS_IDENTITY_FILE]
or
  --passport FILE         passport of this server, JSON         [env MCPS_PASSPORT_FILE]
  --key FILE              its private key, PEM or JWK           [env MCPS_PRIVATE_KEY_FILE]
                          [env MCPS_PRIVATE_KEY holds the key itself, PEM or JWK]

Whom to let in:
  --anchors FILE          JSON list of trust anchors {issuer, keys, ceiling?}; default: those of
                          --identity                            [env MCPS_TRUST_ANCHORS_FILE]
  --min-trust-level N     least trust level of a client, 0 to 4; default 1
                          [env MCPS_MIN_TRUST_LEVEL]
  --trust-authority URL   authority that says who is revoked, as it happens; its keys are those of
                          --anchors, or fetched from it over TLS and believed from then on
                          [env MCPS_TRUST_AUTHORITY]
  --status-list FILE      in its place: signed list of the passports that are revoked; one of the
                          two is needed from level 2 on; read again when it changes; repeatable, one for each anchor
                          [env MCPS_STATUS_LIST_FILE]
  --status-max-age SEC    how old such a list may be before clients of level 2 and above are refused;
                          default 60                            [env MCPS_STATUS_MAX_AGE]
  --allow-unsigned        serve clients that know nothing of MCPS; needs --min-trust-level 0
                          [env MCPS_ALLOW_UNSIGNED=1]
  --allow-published-peers serve clients of the published format without session protection
                          [env MCPS_ALLOW_PUBLISHED_PEERS=1]
  --audience NAME         a further name that clients may address this server by; repeatable
                          [env MCPS_AUDIENCE]
  --carrier PLACE         where answers carry their envelope: auto (default; where the request had its own),
                          meta (what clients built on an official SDK can read) or top-level (the published
                          form)
                          [env MCPS_CARRIER]
  --observe               verify and report, but refuse nothing: for roll-out only
                          [env MCPS_OBSERVE=1]

Other:
  --audit FILE            append every decision as a line of JSON [env MCPS_AUDIT_FILE]
  --help                  print this text
  --version               print the version

The command inherits the environment without the MCPS_ variables, and standard error. Signals are
passed on to it. Standard output carries the protocol and nothing else.

Exit status: that of the command; 128 plus the number of the signal that ended it; 126 or 127 where
it could not be started; 2 for a mistake in the options; 1 for any other failure.
`;
