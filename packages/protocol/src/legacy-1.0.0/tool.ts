import type { PrivateKey, PublicKey, Signer } from '@mcps/crypto';
import { McpsError } from '../errors/index.js';
import type { JsonObject } from '../json-rpc/index.js';
import { runAsync } from '../procedure/index.js';
import type { Procedure } from '../procedure/index.js';
import { orRefuse } from './or-refuse.js';
import { dumps, isPythonObject, toJsonObject } from './python-value.js';
import type { PythonObject, PythonValue } from './python-value.js';
import { readDocument } from './read-document.js';
import type { LegacyDocument } from './read-document.js';
import { checkText, readSignature, signText } from './signature.js';

/** What a tool signature of the earlier format covers, and nothing else. */
export interface LegacyToolDefinition {
  readonly name: string;
  readonly description: string;
  /** `{}` where the tool has none. */
  readonly inputSchema: JsonObject;
}

/**
 * Signs a tool in the earlier format, "1.0.0": ECDSA P-256 with SHA-256 over Python's default JSON text of {name, description, inputSchema}, in this
 * order, the schema's members in theirs. Resolves to standard base64 of the DER signature. Other members of the tool are not covered.
 *
 * Throws `McpsError` `tool_malformed`: the tool has no name or description, or its Python text cannot be told (see `LegacyDocument`).
 */
export function signLegacyTool(tool: LegacyDocument, key: PrivateKey | Signer): Promise<string> {
  return runAsync(signLegacyToolSteps(tool, key));
}

/** {@link signLegacyTool} as a procedure. */
export function* signLegacyToolSteps(tool: LegacyDocument, key: PrivateKey | Signer): Procedure<string> {
  return yield* signText(key, signedText(readTool(tool)));
}

/**
 * Verifies a tool signature of the earlier format, "1.0.0", with a key that the caller has chosen. Resolves to the three covered members alone: whatever
 * else the tool holds, nobody has signed.
 *
 * Give the JSON text of the tool where there is one: from a parsed object, a schema that held `1.0` does not verify, and one whose member order is lost
 * is refused.
 *
 * Throws `McpsError`: `tool_malformed`, `tool_signature_malformed`, `tool_signature_invalid`.
 */
export function verifyLegacyTool(
  tool: LegacyDocument,
  signature: string,
  publicKey: PublicKey,
): Promise<LegacyToolDefinition> {
  return runAsync(verifyLegacyToolSteps(tool, signature, publicKey));
}

/** {@link verifyLegacyTool} as a procedure. */
export function* verifyLegacyToolSteps(
  tool: LegacyDocument,
  signature: string,
  publicKey: PublicKey,
): Procedure<LegacyToolDefinition> {
  const definition = readTool(tool);
  const { name, description, inputSchema } = definition;
  const bytes = readSignature(signature, 'tool_signature_malformed');
  yield* checkText(publicKey, signedText(definition), bytes, 'tool_signature_invalid');
  return Object.freeze({ name, description, inputSchema: toJsonObject(inputSchema) });
}

interface Definition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: PythonObject;
}

function readTool(source: LegacyDocument): Definition {
  const document = orRefuse('tool_malformed', () => readDocument(source, 'significant'));
  const name = document.get('name');
  const description = document.get('description');
  const inputSchema = document.has('inputSchema') ? document.get('inputSchema') : NO_SCHEMA;
  if (typeof name !== 'string' || typeof description !== 'string' || !isPythonObject(inputSchema)) {
    throw new McpsError('tool_malformed');
  }
  return { name, description, inputSchema };
}

const NO_SCHEMA: PythonObject = new Map();

function signedText({ name, description, inputSchema }: Definition): string {
  const members: [string, PythonValue][] = [
    ['name', name],
    ['description', description],
    ['inputSchema', inputSchema],
  ];
  return dumps(new Map(members));
}
