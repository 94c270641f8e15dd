/**
 * One event of an event stream, or what stands between two: the lines as they came, so that whoever passes it on changes nothing but what it means to.
 */
export interface SseFrame {
  /** The lines without their ends and without the blank line that ends the event. */
  readonly lines: readonly string[];
  /** Whether a blank line ended it. A comment that comes between two events is passed on at once, without one. */
  readonly ended: boolean;
  /** The `data` lines joined by line feeds; `undefined` where there are none, and nothing is dispatched. */
  readonly data: string | undefined;
  /** The type of the event; `undefined` where none is named, which means `message`. */
  readonly event: string | undefined;
  /** The id that a client resumes after; `undefined` where the frame names none. */
  readonly id: string | undefined;
}

/** Whether an event is one that carries a message of the Model Context Protocol: of the default type, and not empty. */
export function carriesMessage(frame: SseFrame): frame is SseFrame & { readonly data: string } {
  return frame.data !== undefined && frame.data !== '' && (frame.event === undefined || frame.event === 'message');
}

/** One line as a field: its name, empty for a comment, and its value. */
export function readField(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(':');
  if (colon < 0) return { name: line, value: '' };
  const start = line.startsWith(' ', colon + 1) ? colon + 2 : colon + 1;
  return { name: line.slice(0, colon), value: line.slice(start) };
}

/** Reads what the fields of these lines say. */
export function frameOf(lines: readonly string[], ended: boolean): SseFrame {
  let data: string | undefined;
  let event: string | undefined;
  let id: string | undefined;
  for (const line of lines) {
    const { name, value } = readField(line);
    if (name === 'data') data = data === undefined ? value : `${data}\n${value}`;
    else if (name === 'event') event = value === '' ? undefined : value;
    // An id with a NUL is ignored, as the standard says.
    else if (name === 'id' && !value.includes('\0')) id = value;
  }
  return { lines, ended, data, event, id };
}
