import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { eventually } from './app.js';
import type { Any, Answer, Client } from './client.js';
import type { ProcessSite } from './process-site.js';

/** One answer to a creation. */
export interface LoadAnswer {
  status: number;
  code: string | undefined;
  retryAfter: string | null;
}

/** Callers that create sessions one after the other, as an integration would: with a key, and again after a refusal. */
export class SteadyLoad {
  /** Ids of the sessions that were answered 201. */
  readonly acknowledged: string[] = [];
  readonly answers: LoadAnswer[] = [];
  /** Requests that got no answer at all. */
  readonly lost: unknown[] = [];
  private readonly callers: Promise<void>[];
  private stopped = false;

  constructor(
    private readonly client: Client,
    callers: number,
  ) {
    this.callers = Array.from({ length: callers }, () => this.run());
  }

  /** Ends after the answers that are awaited. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.callers);
  }

  /** How many of the answers had this status. */
  count(status: number): number {
    return this.answers.filter((answer) => answer.status === status).length;
  }

  /** Waits until further sessions are created. */
  goesOn(): Promise<boolean> {
    const before = this.acknowledged.length;
    return eventually(async () => this.acknowledged.length > before + 4, 30_000);
  }

  /** Waits until a further request is refused. */
  isRefused(): Promise<boolean> {
    const before = this.count(503);
    return eventually(async () => this.count(503) > before, 30_000);
  }

  private async run(): Promise<void> {
    while (!this.stopped) await this.create(randomUUID());
  }

  /** A key whose first request didn't get to its end is locked for a while: the caller goes on with another. */
  private async create(key: string): Promise<void> {
    for (let attempt = 1; attempt <= 50 && !this.stopped; attempt += 1) {
      const answer = await this.ask(key);
      if (answer?.status === 201) this.acknowledged.push(answer.body.id as string);
      if (answer && answer.status !== 503 && answer.status !== 429) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async ask(key: string): Promise<Answer<Any> | undefined> {
    try {
      const answer = await this.client
        .with({ 'idempotency-key': key })
        .post('/v1/sessions', { policy: 'identity', reference: key });
      const { status, body, headers } = answer;
      this.answers.push({ status, code: body?.code, retryAfter: headers.get('retry-after') });
      return answer;
    } catch (error) {
      this.lost.push(error);
      return undefined;
    }
  }
}

/** Whatever came back says when to try again, and nothing stayed without an answer. */
export function expectGoodAnswers({ answers, lost }: SteadyLoad): void {
  expect(lost).toEqual([]);
  for (const { status, code, retryAfter } of answers) {
    expect([201, 409, 429, 503]).toContain(status);
    if (status !== 201) expect(retryAfter).toMatch(/^[1-9]\d*$/);
    if (status === 409) expect(code).toBe('idempotency_in_flight');
  }
}

/** What was answered 201 is there, and a key has one session at most that came to be. */
export async function expectAcknowledged(site: ProcessSite, { acknowledged }: SteadyLoad): Promise<void> {
  const kept = await site.sql<{ id: string }>(
    `SELECT id FROM sessions WHERE id = ANY ($1) AND status = 'ongoing'`,
    [acknowledged],
  );
  expect(kept.map(({ id }) => id).toSorted()).toEqual(acknowledged.toSorted());
  const doubles = await site.sql(
    `SELECT reference FROM sessions WHERE status = 'ongoing' GROUP BY tenant_id, reference HAVING count(*) > 1`,
  );
  expect(doubles).toEqual([]);
}
