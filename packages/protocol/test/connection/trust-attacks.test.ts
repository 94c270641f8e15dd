import { describe, it } from 'vitest';
import { TRUST_ATTACKS } from './trust-attacks.js';

describe('a peer that says more of itself than it may', () => {
  for (const [name, attack] of Object.entries(TRUST_ATTACKS)) it(name, attack);
});
