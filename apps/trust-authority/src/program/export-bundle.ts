import { parseArgs } from 'node:util';
import type { Bundle } from '@mcps/protocol';
import type { Status } from '../authority.js';
import { writeFileDurably } from '../files/durable-file.js';
import { UsageError } from './usage-error.js';

export interface ExportBundleOptions {
  /** The file. */
  readonly out: string;
  readonly maxPassports: number;
  readonly ttlSeconds: number;
}

const DAY_SECONDS = 86_400;

/** Throws `UsageError`. */
export function readExportBundleOptions(args: readonly string[]): ExportBundleOptions {
  let values: { readonly out?: string; readonly passports?: string; readonly days?: string };
  try {
    const option = { type: 'string' } as const;
    ({ values } = parseArgs({ args: [...args], options: { out: option, passports: option, days: option } }));
  } catch {
    throw new UsageError('export-bundle takes --out FILE, --passports NUMBER and --days NUMBER');
  }
  const { out, passports = '10000', days = '7' } = values;
  if (out === undefined || out === '') throw new UsageError('export-bundle needs --out FILE');
  return {
    out,
    maxPassports: whole('--passports', passports, 0, 10_000),
    ttlSeconds: whole('--days', days, 1, 31) * DAY_SECONDS,
  };
}

/** Writes a bundle to a file: after a crash there is what was before or the whole of it. Rejects with `UsageError` where it cannot be written there. */
export async function exportBundle(status: Status, { out, ...request }: ExportBundleOptions): Promise<Bundle> {
  const bundle = await status.bundle(request);
  await writeFileDurably(out, `${JSON.stringify(bundle)}\n`).catch((cause: unknown) => {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new UsageError(`${out} cannot be written (${why})`, { cause });
  });
  return bundle;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name} is a whole number from ${least} to ${most}`);
}
