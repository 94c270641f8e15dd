import { readFile } from 'node:fs/promises';
import type { JsonObject } from '@mcps/protocol';
import { UsageError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';
import { isObject, parseInput } from '../files/read-input.js';
import { writePrivateFile } from '../files/write-file.js';

/** A tool as it was approved. */
export interface PinnedTool {
  readonly toolHash: string;
  /** Passport id of who had signed it; `null` where nobody had. */
  readonly signedBy: string | null;
  /** The definition, to show what has changed. */
  readonly tool: JsonObject;
}

/** Approved tools, by server and name. */
export type Pins = Map<string, Map<string, PinnedTool>>;

/**
 * Reads a file of pins; one that does not exist yet holds none.
 *
 * @throws UsageError for anything else that is no such file: what was approved must not be forgotten in silence.
 */
export async function readPins(path: string): Promise<Pins> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return new Map();
    throw new UsageError(`The pins cannot be read (${errorCode(error)}).`, { reason: 'file_unreadable', cause: error });
  }
  const value = parseInput(text, 'file of pins');
  const servers = isObject(value) && value['version'] === 1 ? value['servers'] : undefined;
  if (!isObject(servers)) throw malformed();
  return new Map(Object.entries(servers).map(([server, tools]) => [server, pinsOf(tools)]));
}

/** Writes pins: whole, or not at all. */
export async function writePins(path: string, pins: Pins): Promise<void> {
  const servers = Object.fromEntries([...pins].map(([server, tools]) => [server, Object.fromEntries(tools)]));
  await writePrivateFile(path, JSON.stringify({ version: 1, servers }, undefined, 2), { force: true });
}

function pinsOf(tools: unknown): Map<string, PinnedTool> {
  if (!isObject(tools)) throw malformed();
  return new Map(
    Object.entries(tools).map(([name, pin]) => {
      const { toolHash, signedBy, tool } = isObject(pin) ? pin : {};
      if (typeof toolHash !== 'string' || !isObject(tool)) throw malformed();
      if (signedBy !== null && typeof signedBy !== 'string') throw malformed();
      return [name, { toolHash, signedBy, tool }];
    }),
  );
}

function malformed(): UsageError {
  return new UsageError('The file of pins is none.', {
    reason: 'pins_malformed',
    nextStep: 'Name another with --pins.',
  });
}
