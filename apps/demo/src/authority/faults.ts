import type { AuthorityReport } from './authority-run.js';
import { CUT_OFF_LIMIT_MS } from './cut-off.js';

const REVOKED = 'MCPS-003';
const LEVEL = 'MCPS-009';

/** What is not as it must be, in words: nothing where revocation is honoured and nobody is let in who should not be. */
export function faultsOf({
  turnedAway,
  cutOff,
  reconnect,
}: Pick<AuthorityReport, 'turnedAway' | 'cutOff' | 'reconnect'>): string[] {
  const { refused, refusedAfterMs, heardAfterMs, gotThrough, callsAfter, refusedByServer, answeredBefore, other } =
    cutOff;
  const faults = turnedAway
    .filter((visitor) => visitor.refused?.code !== LEVEL)
    .map(({ title, refused: how }) => `An agent that ${title}: ${how?.code ?? 'let in'}, not ${LEVEL}`);
  const expect = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };

  expect(answeredBefore > 0, 'No call was answered before the revocation');
  expect(refused !== undefined, `The revoked agent was not cut off within ${String(CUT_OFF_LIMIT_MS)} ms`);
  if (refused !== undefined && refusedAfterMs !== undefined) {
    expect(refusedAfterMs <= CUT_OFF_LIMIT_MS, `The cut-off took ${String(refusedAfterMs)} ms`);
    expect(refused.code === REVOKED, `The revoked agent was refused with ${refused.code}, not ${REVOKED}`);
  }
  expect(heardAfterMs !== undefined, 'The server did not end the running session');
  expect(gotThrough === 0, `${String(gotThrough)} calls of the revoked agent got through after it was cut off`);
  expect(refusedByServer > callsAfter, 'The server did not refuse every call after the cut-off');
  expect(reconnect?.code === REVOKED, `The revoked agent connected anew: ${reconnect?.code ?? 'let in'}`);
  expect(other.calls > 0 && other.answered === other.calls, 'Calls of the other agent were not answered');
  return faults;
}
