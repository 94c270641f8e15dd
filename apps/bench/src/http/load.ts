import type { Contestant } from '../harness/contestant.js';
import { keepInFlight } from '../harness/keep-in-flight.js';
import { HttpConnection } from './connection.js';
import type { Answer } from './connection.js';

/** So many connections to one server, each with one request at a time. */
export class HttpLoad {
  readonly #connections: readonly HttpConnection[];
  readonly #idle: HttpConnection[];

  private constructor(connections: readonly HttpConnection[]) {
    this.#connections = connections;
    this.#idle = [...connections];
  }

  static async open(url: URL, connections: number): Promise<HttpLoad> {
    return new HttpLoad(await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(url))));
  }

  /** Sends requests, as many at a time as there are connections, and hands over each answer. */
  send(requests: readonly string[], onAnswer: (answer: Answer) => void): Promise<void> {
    return keepInFlight(requests, this.#connections.length, async (request) => {
      const connection = this.#idle.pop();
      if (connection === undefined) throw new Error('There are more requests than connections');
      const answer = await connection.send(request);
      this.#idle.push(connection);
      onAnswer(answer);
    });
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

/** Sends requests to a server in another process. What they are is prepared outside the clock. */
export function loading(
  name: string,
  load: HttpLoad,
  expectedStatus: number,
  prepare: (count: number) => string[] | Promise<string[]>,
): Contestant {
  return {
    name,
    usesOtherProcesses: true,
    run: async (operations, watch) => {
      const requests = await prepare(operations);
      let faults = 0;
      await watch.timeAsync(() =>
        load.send(requests, ({ status }) => {
          if (status !== expectedStatus) faults++;
        }),
      );
      if (faults > 0) throw new Error(`${name}: ${faults} of ${operations} answers are not ${expectedStatus}`);
    },
  };
}
