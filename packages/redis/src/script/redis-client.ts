/**
 * What is needed of a client: running scripts. `Redis` and `Cluster` of ioredis have it. Replies are as RESP2 has them: numbers, texts, arrays.
 */
export interface RedisClient {
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: (string | Buffer)[]): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | Buffer)[]): Promise<unknown>;
  /** `ready` while there is a connection; where the client has no such member, it is asked all the same. */
  readonly status?: string;
}
