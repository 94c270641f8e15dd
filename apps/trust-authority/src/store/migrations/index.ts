import type { Migration } from 'kysely';
import { up as core } from './0001-core.js';
import { up as access } from './0002-access.js';
import { up as keySets } from './0003-key-sets.js';

/** By name, in the order of which they run. There is no way back: a later program may have written what an earlier one cannot read. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-core': { up: core },
  '0002-access': { up: access },
  '0003-key-sets': { up: keySets },
};
