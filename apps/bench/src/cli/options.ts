import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  /** Where the JSON goes; `undefined` for the usual place. */
  readonly json: string | undefined;
  /** Names of budgets; empty for all. */
  readonly only: readonly string[];
  readonly quick: boolean;
  readonly strict: boolean;
  readonly help: boolean;
}

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line.
 *
 * @param names of the budgets there are
 * @throws UsageError
 */
export function readOptions(args: readonly string[], names: readonly string[]): Options {
  const { values } = parse(args);
  const { json, only = [], quick = false, strict = false, help = false } = values;
  for (const name of only) {
    if (!names.includes(name)) throw new UsageError(`There is no budget "${name}"; there are ${names.join(', ')}`);
  }
  if (json === '') throw new UsageError('--json needs the name of a file');
  if (quick && strict) throw new UsageError('--quick judges nothing, so --strict has nothing to be strict about');
  return { json, only, quick, strict, help };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'string' },
        only: { type: 'string', multiple: true },
        quick: { type: 'boolean' },
        strict: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
