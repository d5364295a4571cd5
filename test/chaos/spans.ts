/** A stretch of time, in milliseconds since the epoch; one that isn't over has no end yet. */
export interface Span {
  from: number;
  to: number;
}

/** Notes how long something takes, from before it begins. */
export async function timed<T>(spans: Span[], work: () => Promise<T>): Promise<T> {
  const span = { from: Date.now(), to: Infinity };
  spans.push(span);
  try {
    return await work();
  } finally {
    span.to = Date.now();
  }
}

/** Whether a moment of the one is a moment of any of the others. */
export const meetsAny = ({ from, to }: Span, others: readonly Span[]): boolean =>
  others.some((other) => from <= other.to && other.from <= to);
