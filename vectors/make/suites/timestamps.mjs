import { Suite } from '../suite.mjs';

const suite = new Suite({
  slug: 'timestamps',
  layer: 'protocol',
  description: 'Texts of the time grammar and the milliseconds since the Unix epoch that they stand for.',
  input: { required: ['text'], properties: { text: { type: 'string' } }, additionalProperties: false },
});
export default suite;

const ok = (id, title, rule, text, milliseconds) => suite.accept(id, title, rule, { text }, { milliseconds });
const no = (id, title, rule, text) => suite.reject(id, title, rule, { text }, 'timestamp_malformed');

ok(
  'milliseconds',
  'milliseconds',
  'The form that signers of this specification emit.',
  '2026-03-01T12:00:00.000Z',
  1772366400000,
);
ok(
  'microseconds',
  'microseconds',
  'Independent signers emit six digits; what is below a millisecond is cut off for comparing.',
  '2026-03-01T12:00:00.123999Z',
  1772366400123,
);
ok(
  'seconds',
  'no fraction',
  'Independent signers leave out a fraction of zero.',
  '2026-03-01T12:00:00Z',
  1772366400000,
);
ok('nanoseconds', 'nine digits', 'A fraction has up to nine digits.', '2026-03-01T12:00:00.123456789Z', 1772366400123);
ok('one-digit', 'one digit', 'One digit of a fraction is tenths.', '2026-03-01T12:00:00.5Z', 1772366400500);
ok('leap-day', 'a leap day', '29 February exists in leap years.', '2024-02-29T00:00:00.000Z', 1709164800000);
no('offset', 'an offset', 'Time is UTC and written with Z.', '2026-03-01T13:00:00.000+01:00');
no('zero-offset', 'an offset of zero', 'One instant has one way to say UTC.', '2026-03-01T12:00:00.000+00:00');
no('no-zone', 'no zone', 'A time without a zone is no instant.', '2026-03-01T12:00:00.000');
no('lower-case', 'lower-case letters', 'T and Z are upper case.', '2026-03-01t12:00:00.000z');
no('space', 'a space for T', 'Date and time are parted by T.', '2026-03-01 12:00:00.000Z');
no('date-only', 'a date', 'A date is no instant.', '2026-03-01');
no('february-30', 'a day that does not exist', 'The day exists in its month.', '2026-02-30T12:00:00.000Z');
no('no-leap-day', '29 February of another year', 'Leap days exist in leap years only.', '2026-02-29T12:00:00.000Z');
no('month-13', 'a thirteenth month', 'There are twelve months.', '2026-13-01T12:00:00.000Z');
no('hour-24', 'hour 24', 'Hours go up to 23.', '2026-03-01T24:00:00.000Z');
no('leap-second', 'second 60', 'Leap seconds are not written.', '2026-12-31T23:59:60.000Z');
no('ten-digits', 'ten digits', 'A fraction has no more than nine digits.', '2026-03-01T12:00:00.0123456789Z');
no('bare-point', 'a point without digits', 'A fraction has digits.', '2026-03-01T12:00:00.Z');
no('comma', 'a decimal comma', 'A fraction begins with a point.', '2026-03-01T12:00:00,000Z');
no('short-year', 'two digits of a year', 'A year has four digits.', '26-03-01T12:00:00.000Z');
no('unix-time', 'seconds since 1970', 'Time is written as RFC 3339 has it.', '1772366400');
no('surrounding-space', 'a space before it', 'Nothing stands before or after.', ' 2026-03-01T12:00:00.000Z');
no('empty', 'nothing', 'There is a time.', '');
