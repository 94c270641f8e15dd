import { McpsError, pinTool, shieldAudit, toRefusalObject, verifyTool } from '@mcps/protocol';
import type { JsonObject, PeerIdentity, ToolJudged, VerifiedTool } from '@mcps/protocol';
import type { PublicKey } from '@mcps/crypto';
import { idOf, isObject, member } from '../json-object.js';
import { ClientListings, withoutOwnStatement } from './client-listings.js';
import { cursorOf } from './list-pages.js';
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
  /** With the cursor of the page that is asked for. */
  readonly #listRequests = new ListRequests<{ readonly cursor: string | undefined }>();
  readonly #verdicts = new ToolVerdicts();
  readonly #listings: ClientListings;

  constructor(private readonly options: ToolLayerOptions) {
    this.#listings = new ClientListings(options.toolsetPins, options.policy.requireToolset);
  }

  outgoing(message: JsonObject): OutgoingStep {
    // A list whose answer nobody could tell from others would reach the application unverified.
    const refusal = this.#listRequests.note(message, () => ({ cursor: cursorOf(message) }))
      ? this.#refuseCall(message)
      : localError(message, new McpsError('connection_limit'));
    return refusal === undefined ? SEND : { type: 'answered', message: refusal };
  }

  incoming(message: JsonObject, identity: PeerIdentity | undefined): IncomingStep {
    const asked = this.#listRequests.take(message);
    if (asked === undefined) return DELIVER;
    const result = member(message, 'result');
    const tools = isObject(result) ? member(result, 'tools') : undefined;
    // An error, or a result that has no list in it: no application finds a tool there.
    if (!isObject(result) || !Array.isArray(tools)) return DELIVER;
    return {
      type: 'deliver-later',
      message: this.#judgeAll(message, result, tools, { cursor: asked.cursor, identity }),
    };
  }

  async #judgeAll(
    message: JsonObject,
    result: JsonObject,
    tools: readonly unknown[],
    { cursor, identity }: { readonly cursor: string | undefined; readonly identity: PeerIdentity | undefined },
  ): Promise<JsonObject> {
    const fault = await this.#judgeList(result, tools, cursor, identity);
    if (fault !== undefined && !this.options.config.observe) return localError(message, fault);
    const accepted: unknown[] = [];
    let firstFault: McpsError | undefined;
    for (const tool of tools) {
      const fault = await this.#judge(tool, identity);
      if (fault === undefined) accepted.push(tool);
      else firstFault ??= fault;
    }
    const clear = { ...message, result: withoutOwnStatement(result, identity?.passportId) };
    if (firstFault === undefined || this.options.config.observe) return clear;
    if (this.options.policy.onFailure === 'remove') return { ...clear, result: { ...clear.result, tools: accepted } };
    return localError(message, firstFault);
  }

  /** Why a page is not part of the list that was stated, or `undefined` where it is or need not be. Nothing is pinned of a list that fails. */
  async #judgeList(
    result: JsonObject,
    tools: readonly unknown[],
    cursor: string | undefined,
    identity: PeerIdentity | undefined,
  ): Promise<McpsError | undefined> {
    const server = this.#serverName(identity);
    const names = this.#listings.namesBefore(cursor);
    try {
      const signers = (signedBy: string): Promise<PublicKey | undefined> => this.#keyOf(signedBy, identity);
      await this.#listings.take(result, { server, cursor, signers });
      return undefined;
    } catch (error) {
      const { reason } = error instanceof McpsError ? error : new McpsError('tool_not_verified');
      const fault = new McpsError(reason, {}, { cause: new Error('The list of tools fails.', { cause: error }) });
      for (const name of [...names, ...tools.map(nameOf)]) if (name !== undefined) this.#verdicts.set(name, reason);
      this.options.report(fault);
      this.#audit(this.options.config.observe ? 'tool.reported' : 'tool.refused', identity, { reason });
      return fault;
    }
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
    const name = nameOf(tool);
    if (!isObject(tool) || name === undefined) {
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
      this.#audit(this.options.config.observe ? 'tool.reported' : 'tool.refused', identity, { tool: name, reason });
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
    this.#audit('tool.verified', identity, { tool: name });
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
    for (const { kind, otherServer, otherName } of this.options.registry.note(this.#serverName(identity), name)) {
      const collision = { kind, otherServer, otherName };
      this.#audit('tool.collision', identity, { tool: name, reason: 'tool_name_collision', collision });
    }
  }

  /** The endpoint outlives the server's passport; the identity is next best, and an unsigned server has neither. */
  #serverName(identity: PeerIdentity | undefined): string {
    return this.options.endpoint ?? identity?.identity ?? 'unsigned';
  }

  #audit(
    type: ToolJudged['type'],
    identity: PeerIdentity | undefined,
    about: Pick<ToolJudged, 'tool' | 'reason' | 'collision'>,
  ): void {
    const { clock, audit } = this.options.config;
    if (audit === undefined) return;
    shieldAudit(audit)({ type, atMs: clock(), role: 'client', server: this.#serverName(identity), ...about });
  }
}

function nameOf(tool: unknown): string | undefined {
  const name = isObject(tool) ? member(tool, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
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
