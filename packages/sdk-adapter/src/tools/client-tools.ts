import { McpsError, pinTool, shieldAudit, toRefusalObject, verifyTool } from '@mcps/protocol';
import type { JsonObject, PeerIdentity, Reason, ToolJudged, VerifiedTool } from '@mcps/protocol';
import type { PublicKey } from '@mcps/crypto';
import { idOf, isObject, member } from '../json-object.js';
import { ListRequests } from './list-requests.js';
import { DELIVER, SEND } from './tool-layer.js';
import type { IncomingStep, OutgoingStep, ToolLayer, ToolLayerOptions } from './tool-layer.js';
import { hasToolSignature } from './tool-signature.js';
import { ToolVerdicts } from './tool-verdicts.js';

/**
 * Verifies each tool that a server lists, pins its hash, and keeps tools that failed from being seen or called. Works on messages that have been
 * verified already: what it stops are tools that are bad although the server itself sent them.
 */
export class ClientToolLayer implements ToolLayer {
  readonly #listRequests = new ListRequests();
  readonly #verdicts = new ToolVerdicts();

  constructor(private readonly options: ToolLayerOptions) {}

  outgoing(message: JsonObject): OutgoingStep {
    // A list whose answer nobody could tell from others would reach the application unverified.
    const refusal = this.#listRequests.note(message)
      ? this.#refuseCall(message)
      : localError(message, new McpsError('connection_limit'));
    return refusal === undefined ? SEND : { type: 'answered', message: refusal };
  }

  incoming(message: JsonObject, identity: PeerIdentity | undefined): IncomingStep {
    if (!this.#listRequests.isAnswer(message)) return DELIVER;
    const result = member(message, 'result');
    const tools = isObject(result) ? member(result, 'tools') : undefined;
    // An error, or a result that has no list in it: no application finds a tool there.
    if (!isObject(result) || !Array.isArray(tools)) return DELIVER;
    return { type: 'deliver-later', message: this.#judgeAll(message, result, tools, identity) };
  }

  async #judgeAll(
    message: JsonObject,
    result: JsonObject,
    tools: readonly unknown[],
    identity: PeerIdentity | undefined,
  ): Promise<JsonObject> {
    const accepted: unknown[] = [];
    let firstFault: McpsError | undefined;
    for (const tool of tools) {
      const fault = await this.#judge(tool, identity);
      if (fault === undefined) accepted.push(tool);
      else firstFault ??= fault;
    }
    if (firstFault === undefined || this.options.config.observe) return message;
    if (this.options.policy.onFailure === 'remove') return { ...message, result: { ...result, tools: accepted } };
    return localError(message, firstFault);
  }

  #refuseCall(message: JsonObject): JsonObject | undefined {
    if (this.options.config.observe) return undefined;
    if (member(message, 'method') !== 'tools/call' || idOf(message) === undefined) return undefined;
    const params = member(message, 'params');
    const name = isObject(params) ? member(params, 'name') : undefined;
    if (typeof name !== 'string') return undefined;
    const objection = this.#verdicts.objection(name, this.options.policy.requireVerified);
    return objection === undefined ? undefined : localError(message, new McpsError(objection));
  }

  /** Why a listed tool fails, or `undefined` where it does not. */
  async #judge(tool: unknown, identity: PeerIdentity | undefined): Promise<McpsError | undefined> {
    const name = isObject(tool) ? member(tool, 'name') : undefined;
    if (!isObject(tool) || typeof name !== 'string') {
      const fault = new McpsError('tool_malformed');
      this.options.report(fault);
      return fault;
    }
    try {
      const verified = await this.#verify(tool, name, identity);
      this.#verdicts.set(name, verified === undefined ? 'unsigned' : 'verified');
      this.#noteCollision(name, identity);
      return undefined;
    } catch (error) {
      const { reason } = error instanceof McpsError ? error : new McpsError('tool_not_verified');
      const fault = new McpsError(reason, {}, { cause: new Error(`The tool ${shown(name)} fails.`, { cause: error }) });
      this.#verdicts.set(name, reason);
      this.options.report(fault);
      this.#audit(this.options.config.observe ? 'tool.reported' : 'tool.refused', name, identity, reason);
      return fault;
    }
  }

  async #verify(tool: JsonObject, name: string, identity: PeerIdentity | undefined): Promise<VerifiedTool | undefined> {
    const { policy, pins } = this.options;
    const server = this.#serverName(identity);
    if (!hasToolSignature(tool)) {
      // A tool that was signed once and is not any more has lost its signature on the way here.
      const pinned = await pins.get(server, name);
      const required = policy.requireSignature ?? identity !== undefined;
      if (required || pinned !== undefined) throw new McpsError('tool_signature_missing');
      return undefined;
    }
    const verified = await verifyTool(tool, (signedBy) => this.#keyOf(signedBy, identity));
    await this.#repinSameTool(server, verified);
    await pinTool(pins, server, verified);
    this.#audit('tool.verified', name, identity);
    return verified;
  }

  async #keyOf(signedBy: string, identity: PeerIdentity | undefined): Promise<PublicKey | undefined> {
    const { policy, config, peerKey } = this.options;
    if (policy.authors !== undefined) return policy.authors.get(signedBy);
    if (identity?.passportId !== signedBy) return undefined;
    return peerKey(signedBy) ?? (await config.passportStore.get(signedBy))?.publicKey;
  }

  /** A signer that we trust may replace another, as when a passport is renewed, as long as the tool itself is the very same. */
  async #repinSameTool(server: string, { name, toolHash, signedBy }: VerifiedTool): Promise<void> {
    const pinned = await this.options.pins.get(server, name);
    if (pinned?.toolHash === toolHash && pinned.signedBy !== signedBy)
      await this.options.pins.replace(server, name, { toolHash, signedBy });
  }

  #noteCollision(name: string, identity: PeerIdentity | undefined): void {
    const collisions = this.options.registry.note(this.#serverName(identity), name);
    if (collisions.length > 0) this.#audit('tool.collision', name, identity, 'tool_name_collision');
  }

  /** The endpoint outlives the server's passport; the identity is next best, and an unsigned server has neither. */
  #serverName(identity: PeerIdentity | undefined): string {
    return this.options.endpoint ?? identity?.identity ?? 'unsigned';
  }

  #audit(type: ToolJudged['type'], tool: string, identity: PeerIdentity | undefined, reason?: Reason): void {
    const { clock, audit } = this.options.config;
    if (audit === undefined) return;
    const server = this.#serverName(identity);
    shieldAudit(audit)({
      type,
      atMs: clock(),
      role: 'client',
      server,
      tool,
      ...(reason === undefined ? {} : { reason }),
    });
  }
}

const MAX_SHOWN = 100;

/** A name that a server has chosen, for a person to read: on one line, and not for ever. */
function shown(name: string): string {
  return JSON.stringify(name.length > MAX_SHOWN ? `${name.slice(0, MAX_SHOWN)}…` : name);
}

/** The answer to a request of our own application that the server is not asked for. */
function localError(answered: JsonObject, error: McpsError): JsonObject {
  return { jsonrpc: '2.0', id: idOf(answered), error: { ...toRefusalObject(error) } };
}
