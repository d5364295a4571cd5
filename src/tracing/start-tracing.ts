import { Logger } from '@nestjs/common';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { within } from '../health/within.js';
import { setTracing } from './tracing.js';

/** How often the log says that spans could not be sent. */
const COMPLAINT_MS = 60_000;
/** How long a stopping process waits for a collector to take what is left. */
const LAST_SPANS_MS = 5000;
const SERVICE = { 'service.name': 'countersign' };

/** OpenTelemetry's own settings; the SDK reads all others of them itself. */
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/**
 * Begins to trace when the environment names a collector; otherwise the SDK isn't even loaded.
 *
 * @param env the process's own environment, which the SDK reads too
 * @returns ends tracing after sending what is left
 */
export async function startTracing(env: Record<string, string | undefined>): Promise<() => Promise<void>> {
  const wanted = ENDPOINTS.some((name) => env[name]) && env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true';
  if (!wanted) return async () => {};
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { defaultResource, resourceFromAttributes, detectResources, envDetector } = resources;
  complainToLog();
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes(SERVICE))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  // Contexts are read and written by ourselves: what callers put into `tracestate` and `baggage` is neither kept nor sent on.
  provider.register({ propagator: null });
  setTracing(true);
  return async () => {
    setTracing(false);
    await within(LAST_SPANS_MS, provider.shutdown()).catch(() => undefined);
  };
}

/** A collector that is away concerns nobody's work: it is told now and then, without what the exporter would quote. */
function complainToLog(): void {
  const log = new Logger('Tracing');
  let last = -Infinity;
  const complain = () => {
    if (performance.now() - last < COMPLAINT_MS) return;
    last = performance.now();
    log.warn('spans can not be sent to the collector');
  };
  const silent = () => {};
  diag.setLogger(
    { error: complain, warn: silent, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}
