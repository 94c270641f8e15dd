import type { JsonObject } from '@mcps/protocol';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../exit-codes.js';
import { isObject, parseInput } from '../files/read-input.js';

/** Tools in a document, and how to put others in their place. */
export interface ToolDocument {
  readonly tools: readonly JsonObject[];
  /** The document with these tools, in the form that it had. */
  with(tools: readonly JsonObject[]): object;
}

/**
 * Finds tools in JSON: one tool, a list of them, or the result of `tools/list`.
 *
 * @throws CliError `json`
 */
export function toolsIn(text: string): ToolDocument {
  const value = parseInput(text, 'tool');
  if (Array.isArray(value)) return { tools: checked(value), with: (tools) => tools };
  if (!isObject(value)) throw malformed();
  const { result, tools } = value;
  if (Array.isArray(tools)) return { tools: checked(tools), with: (others) => ({ ...value, tools: others }) };
  if (isObject(result) && Array.isArray(result['tools'])) {
    return { tools: checked(result['tools']), with: (others) => ({ ...value, result: { ...result, tools: others } }) };
  }
  return { tools: checked([value]), with: ([only]) => only ?? {} };
}

function checked(tools: readonly unknown[]): readonly JsonObject[] {
  return tools.map((tool) => {
    if (!isObject(tool) || nameOf(tool) === '') throw malformed();
    return tool;
  });
}

/** The name of a tool; empty where it has none. */
export function nameOf(tool: JsonObject): string {
  return typeof tool['name'] === 'string' ? tool['name'] : '';
}

function malformed(): CliError {
  return new CliError('json', 'This holds no tools.', {
    reason: 'tool_malformed',
    nextStep: 'Give a tool, a list of tools, or the result of tools/list, as JSON.',
    exitCode: EXIT.refused,
  });
}
