import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does `work` for each, so many at once.
 *
 * @param pauseMs between two beginnings, however many there are at once
 * @returns what came of them, in the order of their ends
 * @throws what the first that failed threw
 */
export async function atOnce<T, R>(
  count: number,
  queue: readonly T[],
  work: (item: T) => Promise<R>,
  pauseMs = 0,
): Promise<R[]> {
  const begun = performance.now();
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < queue.length) {
      const turn = next;
      next += 1;
      await sleep(Math.max(0, begun + turn * pauseMs - performance.now()));
      results.push(await work(queue[turn] as T));
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  return results;
}
