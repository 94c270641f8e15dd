import { isObject, member } from '../json-rpc/index.js';
import type { JsonObject, MessageKind } from '../json-rpc/index.js';

/** The first revision of MCP without handshake and session. Revisions are dates, so their order as text is their order in time. */
const FIRST_MODERN_REVISION = '2026-07-28';

const REVISION_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Where each message of a client says in `params._meta` which revision of MCP it speaks. */
const PROTOCOL_VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** Whether a request or notification says of itself that it belongs to a revision of MCP without handshake and session. */
export function claimsModernEra(message: JsonObject): boolean {
  const version = member(metaOf(message), PROTOCOL_VERSION_KEY);
  return typeof version === 'string' && REVISION_DATE.test(version) && version >= FIRST_MODERN_REVISION;
}

/** Whether a message is the request by which a client of such a revision asks a server what it is. */
export function isDiscover(message: JsonObject, kind: MessageKind): boolean {
  return kind === 'request' && member(message, 'method') === 'server/discover' && claimsModernEra(message);
}

function metaOf(message: JsonObject): JsonObject {
  const params = member(message, 'params');
  const meta = isObject(params) ? member(params, '_meta') : undefined;
  return isObject(meta) ? meta : {};
}
