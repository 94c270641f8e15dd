import { McpsError } from '../errors/index.js';

const GRAMMAR = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/;

/** The last instant that four digits of year can write, 9999-12-31T23:59:59.999Z. */
const LAST_INSTANT = 253_402_300_799_999;

/** The first instant of the grammar, 0000-01-01T00:00:00.000Z. */
const FIRST_INSTANT = -62_167_219_200_000;

/** 400 years, after which the calendar repeats itself. */
const CALENDAR_CYCLE_MS = 146_097 * 86_400_000;

// What was asked for last: a message's timestamp is read more than once, and several messages are signed within one millisecond.
let parsedText = '';
let parsedInstant = Number.NaN;
let formattedInstant = Number.NaN;
let formattedText = '';

/**
 * Reads a timestamp: RFC 3339 restricted to UTC, `YYYY-MM-DDTHH:MM:SS[.fraction]Z` with upper-case `T` and `Z`, a real calendar date, hours 00
 * to 23, seconds 00 to 59 (no leap second), and a fraction of one to nine digits or none. Independent signers write milliseconds,
 * microseconds, or no fraction at all.
 *
 * Returns milliseconds since the Unix epoch; finer digits are cut off. What is signed is always the text as it was received, never this number.
 * Throws `McpsError` `timestamp_malformed`.
 */
export function parseTimestamp(text: string): number {
  if (text === parsedText && text !== '') return parsedInstant;
  const instant = instantOf(GRAMMAR.exec(text));
  if (instant === undefined) throw new McpsError('timestamp_malformed');
  parsedText = text;
  parsedInstant = instant;
  return instant;
}

function instantOf(match: RegExpExecArray | null): number | undefined {
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 59) {
    return undefined;
  }
  const millisecond = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  // Date.UTC takes the years 0 to 99 for 1900 to 1999: ask it for a year that it reads as it stands.
  return Date.UTC(year + 400, month - 1, day, hour, minute, second, millisecond) - CALENDAR_CYCLE_MS;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Writes an instant, in milliseconds since the Unix epoch, as `YYYY-MM-DDTHH:MM:SS.sssZ`: always three digits of fraction. A fraction of a
 * millisecond is cut off.
 *
 * Throws `RangeError` for what is no number or outside the years 0000 to 9999.
 */
export function formatTimestamp(instantMs: number): string {
  const instant = Math.floor(instantMs);
  if (!(instant >= FIRST_INSTANT && instant <= LAST_INSTANT)) {
    throw new RangeError('The instant is outside the years 0000 to 9999');
  }
  if (instant !== formattedInstant) {
    formattedText = new Date(instant).toISOString();
    formattedInstant = instant;
  }
  return formattedText;
}
