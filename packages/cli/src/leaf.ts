import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { isTrustLevel } from '@mcps/protocol';
import type { TrustLevel } from '@mcps/protocol';

/** A command that does something, with the option that all of them have. */
export function leaf(name: string, description: string) {
  return new Command(name).description(description).option('--json', 'print one JSON document; errors as JSON too');
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A length of time in seconds: `90d`, `12h`, `30m`, `45s`, or a number of seconds. */
export function parseDuration(text: string): number {
  const [, digits, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (!(seconds > 0)) throw new InvalidArgumentError('A length of time is a number and s, m, h or d, such as 90d.');
  return seconds;
}

export function parseLevel(text: string): TrustLevel {
  const level: unknown = /^[0-4]$/.test(text) ? Number(text) : undefined;
  if (!isTrustLevel(level)) throw new InvalidArgumentError('A trust level is a whole number from 0 to 4.');
  return level;
}

/** Collects an option that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** The members that are there: options that were not given are `undefined`, which the layers below do not take for absent. */
export function defined<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>;
  };
}
