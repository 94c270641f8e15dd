/** The seed of a run: given, so that a failure can be had again, or else another one each time. */
export const SEED = numberFrom('MCPS_FUZZ_SEED') ?? Math.floor(Math.random() * 2 ** 32);

/** How many messages go along each path. */
export const COUNT = numberFrom('MCPS_FUZZ_COUNT') ?? 10_000;

/** Of a whole run, milliseconds: long, for machines that are busy. A run that has nothing to wait for ends long before. */
export const RUN_TIMEOUT_MS = 1_200_000;

function numberFrom(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a whole number`);
  return Number(text);
}
