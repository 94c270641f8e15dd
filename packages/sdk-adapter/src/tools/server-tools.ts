import { signTool } from '@mcps/protocol';
import type { JsonObject, PeerIdentity } from '@mcps/protocol';
import { asError } from '../error.js';
import { isObject, member } from '../json-object.js';
import { snapshotMessage } from '../pump/snapshot-message.js';
import { ListRequests } from './list-requests.js';
import { DELIVER, SEND } from './tool-layer.js';
import type { IncomingStep, OutgoingStep, ToolLayer, ToolLayerOptions } from './tool-layer.js';
import { hasToolSignature } from './tool-signature.js';

/**
 * Signs each tool that the server lists, unless its author has signed it already. With these signatures a client notices when a tool changes between
 * one listing and the next; that it came from this server the signature of the message says.
 */
export class ServerToolLayer implements ToolLayer {
  readonly #listRequests = new ListRequests();

  constructor(private readonly options: ToolLayerOptions) {}

  outgoing(message: JsonObject): OutgoingStep {
    if (!this.#listRequests.isAnswer(message) || !this.options.policy.sign) return SEND;
    const result = member(message, 'result');
    // A result of another shape is the application's business: there is nothing in it that a client could take for a tool.
    if (!isObject(result) || !Array.isArray(member(result, 'tools'))) return SEND;
    return { type: 'send-later', message: this.#signAll(message, snapshotMessage(result)) };
  }

  incoming(message: JsonObject, _identity: PeerIdentity | undefined): IncomingStep {
    this.#listRequests.note(message);
    return DELIVER;
  }

  async #signAll(message: JsonObject, result: JsonObject): Promise<JsonObject> {
    const tools = member(result, 'tools');
    const signed: unknown[] = [];
    for (const tool of Array.isArray(tools) ? tools : []) signed.push(await this.#sign(tool));
    return { ...message, result: { ...result, tools: signed } };
  }

  async #sign(tool: unknown): Promise<unknown> {
    if (!isObject(tool) || hasToolSignature(tool)) return tool;
    const { passport, key, clock } = this.options.config;
    try {
      return await signTool(tool, { passportId: passport.passport_id, key, clock });
    } catch (error) {
      // An unsigned tool is for the client to judge; a list that is never answered would keep it waiting.
      this.options.report(asError(error, 'A tool could not be signed.'));
      return tool;
    }
  }
}
