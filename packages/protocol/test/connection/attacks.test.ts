import { describe, it } from 'vitest';
import { ATTACKS } from './attacks.js';

describe('an attacker on the way', () => {
  for (const [name, attack] of Object.entries(ATTACKS)) it(name, attack);
});
