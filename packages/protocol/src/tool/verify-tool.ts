import { decodeBase64 } from '@mcps/crypto';
import type { PublicKey } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import { isObject, member } from '../json-rpc/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { hashHex, runAsync, verifyBytes } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { parseTimestamp } from '../time/index.js';
import { markVerified } from '../verified/verified.js';
import { copyOfTool, toolBytes } from './tool-content.js';
import { toolSignatureInput } from './sign-tool.js';
import { TOOL_SIGNATURE_KEY } from './types.js';
import type { ToolSignature, ToolSignerKeys, VerifiedTool } from './types.js';

const HASH = /^[0-9a-f]{64}$/;
const MEMBERS = ['signature', 'signed_at', 'signed_by', 'tool_hash'];

/**
 * Verifies the signature that a listed tool carries. On return the holder of the key that `signers` gave has signed exactly
 * this tool. When it was signed is told and not judged: a signature over a definition does not age, a changed definition
 * shows by its hash.
 *
 * Throws `McpsError`: `tool_malformed`, `tool_signature_missing`, `tool_signature_malformed`, `tool_signer_unknown`, `tool_hash_mismatch`,
 * `tool_signature_invalid`.
 */
export async function verifyTool(tool: JsonObject, signers: ToolSignerKeys): Promise<VerifiedTool> {
  const copy = copyOfTool(tool);
  const signature = readToolSignature(copy);
  const publicKey = await signers(signature.signed_by);
  return runAsync(verifyCopy(copy, publicKey));
}

/** {@link verifyTool} as a procedure, for a key that has been found already. */
export function* verifyToolSteps(tool: JsonObject, publicKey: PublicKey | undefined): Procedure<VerifiedTool> {
  return yield* verifyCopy(copyOfTool(tool), publicKey);
}

function* verifyCopy(tool: JsonObject, publicKey: PublicKey | undefined): Procedure<VerifiedTool> {
  const presented = readToolSignature(tool);
  if (publicKey === undefined) throw new McpsError('tool_signer_unknown');
  const toolHash = yield* hashHex(toolBytes(tool));
  if (presented.tool_hash !== toolHash) throw new McpsError('tool_hash_mismatch');
  const valid = yield* verifyBytes(publicKey, toolSignatureInput(presented), decodeBase64(presented.signature));
  if (!valid) throw new McpsError('tool_signature_invalid');
  const facts = {
    name: String(member(tool, 'name')),
    tool,
    toolHash,
    signedBy: presented.signed_by,
    signedAtMs: parseTimestamp(presented.signed_at),
  };
  return markVerified(facts, 'tool');
}

/** The signature that a tool carries; nothing in it has been verified. */
function readToolSignature(tool: JsonObject): ToolSignature {
  const meta = member(tool, '_meta');
  const value = isObject(meta) ? member(meta, TOOL_SIGNATURE_KEY) : undefined;
  if (value === undefined) throw new McpsError('tool_signature_missing');
  if (!isToolSignature(value)) throw new McpsError('tool_signature_malformed');
  return value;
}

function isToolSignature(value: unknown): value is ToolSignature {
  if (!isObject(value) || Object.keys(value).sort().join() !== MEMBERS.join()) return false;
  const { signed_by: signedBy, signed_at: signedAt, tool_hash: hash, signature } = value;
  if (typeof signedBy !== 'string' || typeof hash !== 'string' || !HASH.test(hash)) return false;
  if (typeof signedAt !== 'string' || typeof signature !== 'string') return false;
  try {
    parseTimestamp(signedAt);
    return decodeBase64(signature).length === 64;
  } catch {
    return false;
  }
}
