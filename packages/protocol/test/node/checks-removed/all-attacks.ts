import { ATTACKS } from '../../connection/attacks.js';
import { MODERN_ATTACKS } from '../../connection/modern-attacks.js';
import { PUBLISHED_ATTACKS } from '../../connection/published-attacks.js';
import { STATELESS_ATTACKS } from '../../connection/stateless-attacks.js';
import { TRUST_ATTACKS } from '../../connection/trust-attacks.js';
import { SESSION_HEADER_ATTACKS } from '../../session-header/attacks.js';
import { TOOLSET_ATTACKS } from '../../toolset/attacks.js';

export const ALL_ATTACKS: Readonly<Record<string, () => Promise<void>>> = {
  ...ATTACKS,
  ...TRUST_ATTACKS,
  ...STATELESS_ATTACKS,
  ...MODERN_ATTACKS,
  ...PUBLISHED_ATTACKS,
  ...TOOLSET_ATTACKS,
  ...SESSION_HEADER_ATTACKS,
};
