import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { CreatedToken } from '../access/access-tokens.js';
import type { AuthorityConfig } from '../config/config.js';
import { ConfigError } from '../config/config-error.js';
import { createClientAddress } from '../http/client-address.js';
import { createHttpHandler } from '../http/create-http-handler.js';
import type { AuthorityAnchor } from '../keys/key-ring.js';
import { createMetrics } from '../observability/metrics.js';
import { startHttpServer } from '../server/http-server.js';
import { openServices } from './open-services.js';

export interface Served {
  readonly url: string;
  readonly anchor: AuthorityAnchor;
  readonly firstToken: CreatedToken | undefined;
  /** Takes no new requests, answers those there are, ends the streams, finishes what is under way. */
  stop(): Promise<void>;
}

/** Starts the whole authority: keys, database, services, server. */
export async function serve(config: AuthorityConfig, logger: Logger): Promise<Served> {
  const tls = await readTls(config);
  const metrics = createMetrics({ withProcess: true });
  const opened = await openServices(config, { metrics, logger });
  const { services, firstToken } = opened;
  try {
    const handler = createHttpHandler(services, {
      enrolment: config.enrolment,
      corsOrigins: config.corsOrigins,
      clientRatePerMinute: config.clientRatePerMinute,
      tokenRatePerMinute: config.tokenRatePerMinute,
      maxBodyBytes: config.maxBodyBytes,
      clientAddress: createClientAddress(config.trustedProxies),
      metricsAccess: config.metrics,
      docs: config.docs,
      metrics,
      logger,
      ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
    });
    opened.start();
    const server = await startHttpServer({
      handler,
      host: config.host,
      port: config.port,
      ...(tls === undefined ? {} : { tls }),
    });
    return {
      url: server.url,
      anchor: services.keys.anchor(),
      firstToken,
      async stop() {
        // Streams of events never end by themselves.
        services.hub.close();
        await server.stop(config.shutdownSeconds * 1000);
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close().catch(() => undefined);
    throw error;
  }
}

async function readTls({ tls }: AuthorityConfig): Promise<{ cert: string; key: string } | undefined> {
  if (tls === undefined) return undefined;
  const mistakes: string[] = [];
  const read = async (variable: string, path: string) =>
    readFile(path, 'utf8').catch((error: unknown) => {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      mistakes.push(`${variable}: the file cannot be read (${why})`);
      return '';
    });
  const cert = await read('MCPS_AUTHORITY_TLS_CERT', tls.certPath);
  const key = await read('MCPS_AUTHORITY_TLS_KEY', tls.keyPath);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return { cert, key };
}
