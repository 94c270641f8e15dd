/**
 * What the exit status of every command means. `wrap` and `connect` pass the status of the program that they run on: it is then that of the program, 126 or
 * 127 where it could not be started, and 128 and the number of the signal that ended it.
 */
export const EXIT = {
  /** Done; what was to be verified is verified. */
  ok: 0,
  /** Refused or invalid: a signature, passport, tool or server that does not hold, a difference, a finding. */
  refused: 1,
  /** A mistake in how the command was called or configured: options, files that are missing, open to others, or in the way. */
  usage: 2,
  /** An authority or server could not be reached, or did not answer in time. */
  unreachable: 3,
  /** A fault of the command itself. */
  internal: 70,
} as const;

/** One of the statuses that the command gives by itself. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
