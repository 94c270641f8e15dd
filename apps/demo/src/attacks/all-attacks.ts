import type { Attack } from './attack.js';
import { ATTACKS_BY_SERVERS } from './by-servers.js';
import { ATTACKS_BY_STRANGERS } from './by-strangers.js';
import { ATTACKS_ON_THE_WIRE } from './on-the-wire.js';

/** The attacks, by who commits them. */
export const ALL_ATTACKS: readonly { readonly by: string; readonly attacks: readonly Attack[] }[] = [
  { by: 'Somebody on the way', attacks: ATTACKS_ON_THE_WIRE },
  { by: 'An agent', attacks: ATTACKS_BY_STRANGERS },
  { by: 'A server with a valid passport', attacks: ATTACKS_BY_SERVERS },
];
