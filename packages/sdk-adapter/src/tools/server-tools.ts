import { signTool } from '@mcps/protocol';
import type { JsonObject, PeerIdentity } from '@mcps/protocol';
import { asError } from '../error.js';
import { isObject, member } from '../json-object.js';
import { ListRequests } from './list-requests.js';
import type { Layered, ToolLayer, ToolLayerOptions } from './tool-layer.js';
import { hasToolSignature } from './tool-signature.js';

/**
 * Signs each tool that the server lists, unless its author has signed it already. With these signatures a client notices when a tool changes between
 * one listing and the next; that it came from this server the signature of the message says.
 */
export class ServerToolLayer implements ToolLayer {
  readonly #listRequests = new ListRequests();

  constructor(private readonly options: ToolLayerOptions) {}

  async outgoing(message: JsonObject): Promise<Layered> {
    const answersList = this.#listRequests.isAnswer(message);
    const result = member(message, 'result');
    if (!answersList || !this.options.policy.sign || !isObject(result)) return { type: 'send', message };
    const tools = member(result, 'tools');
    // A result of another shape is the application's business: there is nothing in it that a client could take for a tool.
    if (!Array.isArray(tools)) return { type: 'send', message };
    const signed: unknown[] = [];
    for (const tool of tools) signed.push(await this.#sign(tool));
    return { type: 'send', message: { ...message, result: { ...result, tools: signed } } };
  }

  incoming(message: JsonObject, _identity: PeerIdentity | undefined): Promise<JsonObject> {
    this.#listRequests.note(message);
    return Promise.resolve(message);
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
