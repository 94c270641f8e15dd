import { isObject, member } from '../json-rpc/json-object.js';
import type { StatusAnswer, StatusQuery, StatusRequest, StatusSource } from './status-source.js';

/**
 * One source out of several, for instance a list in a file and an authority's client. All are asked. The first that says `revoked` decides at once and
 * outweighs every other; without one, the good answer that was made last is given, or `unknown` where none knows anything.
 *
 * A good answer has to wait for all of them: the one that is silent may be the one that knows of a revocation.
 */
export function combineStatusSources(sources: readonly StatusSource[]): StatusSource {
  const all = [...sources];
  return {
    check(query: StatusQuery, request: StatusRequest): Promise<StatusAnswer> {
      return new Promise((resolve) => {
        const asked = all.map(async (source) => {
          const answer = await source.check(query, request).catch(() => undefined);
          if (statusOf(answer) === 'revoked' && answer !== undefined) resolve(answer);
          return answer;
        });
        void Promise.allSettled(asked).then((outcomes) => {
          resolve(latestGood(outcomes));
        });
      });
    },
  };
}

function latestGood(outcomes: readonly PromiseSettledResult<StatusAnswer | undefined>[]): StatusAnswer {
  let latest: StatusAnswer = { status: 'unknown', producedAtMs: Number.NEGATIVE_INFINITY, expiresAtMs: 0 };
  for (const outcome of outcomes) {
    const answer = outcome.status === 'fulfilled' ? outcome.value : undefined;
    if (answer !== undefined && statusOf(answer) === 'good' && answer.producedAtMs > latest.producedAtMs)
      latest = answer;
  }
  return latest;
}

/** The status an answer gives; a source written without types may have answered with anything. */
function statusOf(answer: unknown): unknown {
  return isObject(answer) ? member(answer, 'status') : undefined;
}
