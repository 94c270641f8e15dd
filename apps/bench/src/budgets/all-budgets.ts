import type { Budget } from '../harness/budget.js';
import { canonicalJson } from './canonical-json.js';
import { inFlight } from './in-flight.js';
import { issuing } from './issuing.js';
import { replayStore } from './replay-store.js';
import { revocation } from './revocation.js';
import { roundTrip } from './round-trip.js';
import { signVerify } from './sign-verify.js';
import { statusBitmap } from './status-bitmap.js';
import { verifyEndpoint } from './verify-endpoint.js';

/** Every budget, in the order in which they are measured. A further one is a file beside this and a line here. */
export const ALL_BUDGETS: readonly Budget[] = [
  signVerify,
  canonicalJson,
  replayStore,
  roundTrip,
  inFlight,
  statusBitmap,
  revocation,
  verifyEndpoint,
  issuing,
];
