import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpHandler } from '../../src/http/create-http-handler.js';
import { KNOWN_ID, UNKNOWN_ID, stubServices } from '../support/stub-authority.js';

const exporter = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});

afterAll(() => {
  for (const api of [context, propagation, trace]) api.disable();
});

beforeEach(() => {
  exporter.reset();
});

function setUp() {
  const handler = createHttpHandler(stubServices().services, {});
  return async (path: string, headers: Record<string, string> = {}) =>
    handler.fetch(new Request(`http://authority.example${path}`, { headers }));
}

describe('a request in a process that has an OpenTelemetry SDK', () => {
  it('has a span that names its route, and no passport', async () => {
    await setUp()(`/api/verify/${KNOWN_ID}`);
    const [span, ...others] = exporter.getFinishedSpans();
    expect(others).toEqual([]);
    expect(span?.name).toBe('GET /api/verify/{id}');
    expect(span?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/api/verify/{id}',
      'http.response.status_code': 200,
    });
    expect(JSON.stringify([span?.name, span?.attributes, span?.events])).not.toContain(KNOWN_ID);
  });

  it('goes on with the trace of whoever asks', async () => {
    const [traceId, parentId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
    await setUp()(`/api/verify/${KNOWN_ID}`, { traceparent: `00-${traceId}-${parentId}-01` });
    const [span] = exporter.getFinishedSpans();
    expect(span?.spanContext().traceId).toBe(traceId);
    expect(span?.parentSpanContext?.spanId).toBe(parentId);
  });

  it('that is refused has the status in its span', async () => {
    await setUp()(`/api/passport/${UNKNOWN_ID}`);
    expect(exporter.getFinishedSpans()[0]?.attributes['http.response.status_code']).toBe(404);
  });
});
