import { destination, pino } from 'pino';
import type { Logger } from 'pino';
import type { AuthorityConfig } from '../config/config.js';

/**
 * Structured logs on stderr, one JSON object a line; stdout is for what the operator asked for. What might hold a secret is cut out, should it ever get
 * there.
 */
export function createLogger({ logLevel }: Pick<AuthorityConfig, 'logLevel'>): Logger {
  return pino(
    {
      level: logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['*.token', '*.secret', '*.pin', '*.passphrase', '*.authorization', '*.password'],
        remove: true,
      },
    },
    destination({ fd: 2, sync: false }),
  );
}
