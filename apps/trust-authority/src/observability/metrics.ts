import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The numbers that the authority counts, in one registry of its own. */
export interface AuthorityMetrics {
  readonly registry: Registry;
  /** One request that has been answered. */
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  readonly eventClients: Gauge;
  /** Listeners that were cut off because they did not read. */
  readonly eventClientsCut: Counter;
  readonly deliveries: Counter<'outcome'>;
}

/** Up to 2 s: the slowest things that are answered at all. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

/** Makes the metrics. `withProcess`: also those of the process (memory, CPU, event loop), which a program that embeds the authority has itself. */
export function createMetrics({ withProcess }: { readonly withProcess: boolean }): AuthorityMetrics {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'mcps_authority_http_requests_total',
    help: 'Requests answered, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'mcps_authority_http_request_duration_seconds',
    help: 'From the arrival of a request to its answer, by route.',
    labelNames: ['route'],
    buckets: DURATION_BUCKETS,
    registers,
  });
  // Finding a series by its labels costs more than counting in it. Routes and statuses are few, whatever clients send.
  const requestSeries = new Map<string, Counter.Internal>();
  const durationSeries = new Map<string, Histogram.Internal<'route'>>();
  return {
    registry,
    observeRequest(method, route, status, seconds) {
      const key = `${method} ${route} ${status}`;
      let counter = requestSeries.get(key);
      if (counter === undefined) requestSeries.set(key, (counter = requests.labels(method, route, String(status))));
      counter.inc();
      let histogram = durationSeries.get(route);
      if (histogram === undefined) durationSeries.set(route, (histogram = durations.labels(route)));
      histogram.observe(seconds);
    },
    eventClients: new Gauge({
      name: 'mcps_authority_event_clients',
      help: 'Clients that listen to events.',
      registers,
    }),
    eventClientsCut: new Counter({
      name: 'mcps_authority_event_clients_cut_total',
      help: 'Listeners cut off because they did not read what was sent.',
      registers,
    }),
    deliveries: new Counter({
      name: 'mcps_authority_webhook_deliveries_total',
      help: 'Tries to deliver an event to a webhook, by outcome (delivered, failed, dead).',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
