/** A source of the current time: milliseconds since the Unix epoch. */
export type Clock = () => number;

/** The clock of the machine. */
export const systemClock: Clock = () => Date.now();
