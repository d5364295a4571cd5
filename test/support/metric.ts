import type { TestSite } from './app.js';

/** A metric as the server reports it: the sum of its series. */
export async function readMetric({ anonymous }: Pick<TestSite, 'anonymous'>, name: string): Promise<number> {
  const { body } = await anonymous.get<string>('/metrics');
  const series = body
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return series.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
