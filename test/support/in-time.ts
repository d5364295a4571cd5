/** @throws Error when the answer takes longer than `limitMs` */
export function inTime<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs).unref();
  });
  return Promise.race([answer, late]);
}
