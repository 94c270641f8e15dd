import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KnownPeers, ToolPinStore, ToolsetPinStore } from '@mcps/protocol';
import { UsageError } from '../errors/cli-error.js';
import { errorCode } from '../errors/error-code.js';
import { nonEmpty } from '../identity/identity-source.js';
import type { Environment } from '../process.js';
import { FileKnownPeers } from './file-known-peers.js';
import { FileToolPins } from './file-tool-pins.js';
import { FileToolsetPins } from './file-toolset-pins.js';

/** What a client remembers of servers from one run to the next. */
export interface ClientState {
  readonly knownPeers: KnownPeers;
  readonly toolPins: ToolPinStore;
  readonly toolsetPins: ToolsetPinStore;
}

/** As {@link openState}, of the folder that the option or the environment names; nothing where neither does. @throws UsageError */
export async function stateOf(option: string | undefined, env: Environment): Promise<ClientState | undefined> {
  const folder = nonEmpty(option ?? env['MCPS_STATE']);
  return folder === undefined ? undefined : openState(folder);
}

/**
 * Opens a folder of what is remembered, and makes it where there is none, for its owner alone. Whoever can write it can have servers forgotten, so group and
 * others must not. Processes may share it.
 *
 * @throws UsageError
 */
async function openState(folder: string, platform: NodeJS.Platform = process.platform): Promise<ClientState> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { mode } = await stat(folder);
    if (platform !== 'win32' && (mode & 0o022) !== 0) {
      throw new UsageError('The folder of --state can be written by group or others.', {
        reason: 'folder_mode',
        nextStep: `chmod 700 ${folder}`,
      });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The folder of --state cannot be used (${errorCode(error)}).`, {
      reason: 'folder_unusable',
      nextStep: 'Check its name, and whether you may write there.',
      cause: error,
    });
  }
  return {
    knownPeers: new FileKnownPeers(join(folder, 'peers')),
    toolPins: new FileToolPins(join(folder, 'tools')),
    toolsetPins: new FileToolsetPins(join(folder, 'toolsets')),
  };
}
