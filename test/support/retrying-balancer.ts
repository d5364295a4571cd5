import { request } from 'undici';
import type { Any, Answer } from './client.js';

const RETRIES = 40;
const PAUSE_MS = 50;
const PROBE_MS = 100;

/**
 * Spreads requests over several servers as a load balancer does: asks each whether it is ready, sends only to those that
 * were, and sends again, elsewhere first, what met a closed connection or a 503.
 */
export class RetryingBalancer {
  /** Requests without an answer that were sent to a server while it was ready, and had since said that it goes. */
  cut = 0;
  /** Refusals that don't say when to come again, or aren't problem documents. */
  readonly curt: unknown[] = [];
  private readonly leaving = new Set<string>();
  private readonly ready = new Map<string, boolean>();
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  constructor(private readonly urls: readonly string[]) {
    this.timer = setInterval(() => void this.probe(), PROBE_MS);
  }

  /** Sends until there is an answer. @throws the last failure when there never was one */
  async send(method: 'GET' | 'POST', path: string, headers: Record<string, string>, body?: unknown) {
    let failure: unknown;
    for (let attempt = 0; attempt < RETRIES; attempt += 1) {
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      const url = this.next();
      const wasReady = this.ready.get(url) !== false;
      try {
        const answer = await ask(url, method, path, headers, body);
        if (answer.status !== 503) return answer;
        if (answer.retryAfter === undefined || answer.body.code === undefined) this.curt.push(answer);
        failure = new Error(`503: ${JSON.stringify(answer.body)}`);
      } catch (error) {
        if (wasReady && this.leaving.has(url)) this.cut += 1;
        failure = error;
      }
    }
    throw failure;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private next(): string {
    const usable = this.urls.filter((url) => this.ready.get(url) !== false);
    const choice = usable.length > 0 ? usable : this.urls;
    this.turn += 1;
    return choice[this.turn % choice.length] ?? '';
  }

  private async probe(): Promise<void> {
    await Promise.all(
      this.urls.map(async (url) => {
        const status = await ask(url, 'GET', '/health/ready', {}).then(
          (answer) => answer.status,
          () => undefined,
        );
        this.ready.set(url, status === 200);
        if (status === 503) this.leaving.add(url);
        if (status === 200) this.leaving.delete(url);
      }),
    );
  }
}

async function ask(
  url: string,
  method: 'GET' | 'POST',
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Pick<Answer<Any>, 'status' | 'body'> & { retryAfter: unknown }> {
  const answer = await request(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const retryAfter = answer.headers['retry-after'];
  return { status: answer.statusCode, retryAfter, body: await answer.body.json() };
}
