import { ConsoleLogger } from '@nestjs/common';
import { traceIds } from './tracing.js';

/** Nest's log lines with the trace that they belong to. */
export class TracedLogger extends ConsoleLogger {
  override formatMessage(...parts: Parameters<ConsoleLogger['formatMessage']>): string {
    const { trace_id: id } = traceIds();
    const line = super.formatMessage(...parts);
    return id === undefined ? line : `${line.trimEnd()} trace_id=${id}\n`;
  }
}
