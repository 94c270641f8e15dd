import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startPython } from './python-process.js';

/** A JSON text that is handed over as it is: `1e20` is a float to Python, `100000000000000000000` is not. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** What a call came to: the result as the JSON text that Python wrote, or the name of the exception that it raised. */
type Answer = { readonly text: string } | { readonly raised: string };

const textOf = (value: unknown): string => (value instanceof JsonText ? value.text : JSON.stringify(value));

/** A Python process that calls functions of the package `mcp_secure` of its environment, as many as it is asked to, one after the other. */
export class PythonPackage {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(python: string) {
    this.#child = startPython(python, 'call_package.py');
    this.#child.stderr.pipe(process.stderr, { end: false });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static start(python: string): PythonPackage {
    return new PythonPackage(python);
  }

  /**
   * Calls a function of the package, and returns the JSON text of its result.
   *
   * @param named arguments given by name.
   * @throws Error (as a rejection) with the name of the exception that the package raised.
   */
  async text(call: string, args: readonly unknown[], named: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const members = Object.entries(named).map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`);
    const request = `{"call":${JSON.stringify(call)},"args":[${args.map(textOf).join()}],"named":{${members.join()}}}`;
    const answer = this.#last.then(() => this.#exchange(request));
    this.#last = answer.catch(() => undefined);
    const outcome = await answer;
    if ('raised' in outcome) throw new Error(outcome.raised);
    return outcome.text;
  }

  /** The same, parsed. */
  async call(call: string, args: readonly unknown[], named?: Readonly<Record<string, unknown>>): Promise<any> {
    return JSON.parse(await this.text(call, args, named));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await closed;
  }

  async #exchange(request: string): Promise<Answer> {
    this.#child.stdin.write(`${request}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the Python process has ended');
    return JSON.parse(value) as Answer;
  }
}
