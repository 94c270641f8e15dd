import { TOOLSET_KEY, signTool } from '@mcps/protocol';
import type { JsonObject, PeerIdentity, SignedToolset } from '@mcps/protocol';
import { asError } from '../error.js';
import { isObject, member } from '../json-object.js';
import { snapshotMessage } from '../pump/snapshot-message.js';
import { cursorOf, listAll, pageOf } from './list-pages.js';
import { ListRequests } from './list-requests.js';
import { requestForPage } from './own-requests.js';
import { DELIVER, SEND } from './tool-layer.js';
import type { AskApplication, IncomingStep, OutgoingStep, ToolLayer, ToolLayerOptions } from './tool-layer.js';
import { hasToolSignature } from './tool-signature.js';

interface Asked {
  readonly request: JsonObject;
  readonly ask: AskApplication | undefined;
  /** The list that the page belongs to, where the other pages had to be asked for. */
  whole?: readonly JsonObject[];
}

/** How many cursors are remembered with the statement of their list. */
const MAX_CURSORS = 1_000;

/**
 * Signs each tool that the server lists, unless its author has signed it already, and states the whole list. With these signatures a client notices when a
 * tool changes between one listing and the next; that it came from this server the signature of the message says.
 */
export class ServerToolLayer implements ToolLayer {
  readonly #listRequests = new ListRequests<Asked>();
  /** By the cursors that lead to the further pages of a list. */
  readonly #statements = new Map<string, Promise<SignedToolset | undefined>>();

  constructor(private readonly options: ToolLayerOptions) {}

  gather(message: JsonObject): Promise<void> | undefined {
    const asked = this.#listRequests.find(message);
    const page = pageOf(member(message, 'result'));
    if (asked?.ask === undefined || page === undefined || !this.#statesLists(member(message, 'result')))
      return undefined;
    const cursor = cursorOf(asked.request);
    const isWhole = cursor === undefined && page.nextCursor === undefined;
    if (isWhole || (cursor !== undefined && this.#statements.has(cursor))) return undefined;
    const { ask, request } = asked;
    return listAll(cursor === undefined ? page : undefined, (next) => ask(requestForPage(request, next))).then(
      ({ tools, cursors }) => {
        asked.whole = tools;
        const statement = this.#state(tools);
        for (const each of cursors) this.#remember(each, statement);
      },
      (error: unknown) => this.options.report(asError(error, 'The list of tools could not be completed.')),
    );
  }

  outgoing(message: JsonObject): OutgoingStep {
    // What was stated before may not be what the next page belongs to.
    if (member(message, 'method') === 'notifications/tools/list_changed') this.#statements.clear();
    const asked = this.#listRequests.take(message);
    if (asked === undefined || !this.options.policy.sign) return SEND;
    const result = member(message, 'result');
    // A result of another shape is the application's business: there is nothing in it that a client could take for a tool.
    if (!isObject(result) || !Array.isArray(member(result, 'tools'))) return SEND;
    return { type: 'send-later', message: this.#signAll(message, snapshotMessage(result), asked) };
  }

  incoming(message: JsonObject, _identity: PeerIdentity | undefined, ask?: AskApplication): IncomingStep {
    this.#listRequests.note(message, () => ({ request: message, ask }));
    return DELIVER;
  }

  async #signAll(message: JsonObject, result: JsonObject, asked: Asked): Promise<JsonObject> {
    const tools = member(result, 'tools');
    const signed: unknown[] = [];
    for (const tool of Array.isArray(tools) ? tools : []) signed.push(await this.#sign(tool));
    const statement = await this.#statementFor(result, asked);
    const meta = member(result, '_meta');
    const stated =
      statement === undefined ? {} : { _meta: { ...(isObject(meta) ? meta : {}), [TOOLSET_KEY]: statement } };
    return { ...message, result: { ...result, tools: signed, ...stated } };
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

  /** Whether it is up to us to state a list: not where its author has. */
  #statesLists(result: unknown): boolean {
    const { sign, toolset } = this.options.policy;
    const meta = isObject(result) ? member(result, '_meta') : undefined;
    const isStated = isObject(meta) && Object.hasOwn(meta, TOOLSET_KEY);
    return sign && toolset.state && toolset.statement === undefined && !isStated;
  }

  async #statementFor(result: JsonObject, { request, whole }: Asked): Promise<object | undefined> {
    if (!this.#statesLists(result)) return this.#authorsStatement(result);
    if (whole !== undefined) return this.#state(whole);
    const cursor = cursorOf(request);
    if (cursor !== undefined) return this.#statements.get(cursor);
    const page = pageOf(result);
    return page?.nextCursor === undefined && page !== undefined ? this.#state(page.tools) : undefined;
  }

  /** As configured, where the application has not put one there itself. */
  #authorsStatement(result: JsonObject): object | undefined {
    const meta = member(result, '_meta');
    return isObject(meta) && Object.hasOwn(meta, TOOLSET_KEY) ? undefined : this.options.policy.toolset.statement;
  }

  async #state(tools: readonly JsonObject[]): Promise<SignedToolset | undefined> {
    try {
      return await this.options.ledger.state(tools);
    } catch (error) {
      this.options.report(asError(error, 'The list of tools could not be stated.'));
      return undefined;
    }
  }

  #remember(cursor: string, statement: Promise<SignedToolset | undefined>): void {
    this.#statements.delete(cursor);
    this.#statements.set(cursor, statement);
    if (this.#statements.size <= MAX_CURSORS) return;
    for (const oldest of this.#statements.keys()) {
      this.#statements.delete(oldest);
      break;
    }
  }
}
