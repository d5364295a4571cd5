import { eventually } from './app.js';
import type { Any, Answer, Client } from './client.js';
import { addPerson, createReadyTenant, expectStatus, finishSession, type TestTenant } from './factories.js';
import type { KillableSite } from './killable-site.js';
import { listen, storyOf, type SessionStory } from './session-story.js';

const APPROVAL = { decision: 'approved', reasonCode: 'false_alarm' };

/** The steps of the main job in a tenant of its own, whose only person to verify shows a forged document. */
export class MainJob {
  private constructor(
    private readonly site: KillableSite,
    readonly tenant: TestTenant,
    private readonly reviewer: Client,
    /** Where the tenant's webhooks arrive. */
    readonly path: string,
  ) {}

  static async start(site: KillableSite): Promise<MainJob> {
    const tenant = await createReadyTenant(site);
    const reviewer = await addPerson(site, tenant, 'reviewer');
    return new MainJob(site, tenant, reviewer, await listen(site, tenant));
  }

  /** The story of a session that nothing happens to. */
  static async undisturbed(site: KillableSite): Promise<SessionStory> {
    const job = await MainJob.start(site);
    const { id } = await job.created();
    await job.finish(id as string);
    return job.story(id as string);
  }

  /** The answer to a creation, always with the same idempotency key. */
  create(): Promise<Answer<Any>> {
    return this.tenant.key
      .with({ 'idempotency-key': 'order-1' })
      .post('/v1/sessions', { policy: 'identity' });
  }

  /** A new session. */
  async created(): Promise<Any> {
    return expectStatus(await this.create(), 201);
  }

  async read(id: string): Promise<Any> {
    return expectStatus(await this.tenant.key.get(`/v1/sessions/${id}`), 200);
  }

  async list(query = ''): Promise<Any[]> {
    return expectStatus(await this.tenant.key.get(`/v1/sessions${query}`), 200).items;
  }

  /** The person goes through Yoti's client; it is done when this resolves. */
  async show(id: string): Promise<void> {
    await finishSession(this.site, this.tenant, await this.read(id), 'forged_document');
  }

  /** The person is done, and everything that Yoti announced has been answered 200. */
  async showUntilAnnounced({ id, client }: Any): Promise<void> {
    await this.show(id as string);
    await eventually(async () => {
      const sent = this.site.simulator
        .notifications()
        .filter(({ sessionId }) => sessionId === client.yotiSessionId);
      const over = sent.some(({ body }) => body.topic === 'session_completion');
      return over && sent.every(({ state }) => state === 'delivered');
    });
  }

  async inReview(id: string): Promise<void> {
    await eventually(async () => (await this.read(id)).outcome === 'in_review');
  }

  /** @returns the review's id */
  async claim(): Promise<string> {
    const { review } = expectStatus(await this.reviewer.post('/v1/reviews/claim-next'), 200);
    return review.id as string;
  }

  decide(reviewId: string): Promise<Answer<Any>> {
    return this.reviewer.post(`/v1/reviews/${reviewId}/decision`, APPROVAL);
  }

  /** A reviewer claims the only case and approves it. */
  async review(): Promise<void> {
    expectStatus(await this.decide(await this.claim()), 200);
  }

  /** The rest of the job, from the session on. */
  async finish(id: string): Promise<void> {
    await this.show(id);
    await this.inReview(id);
    await this.review();
  }

  story(id: string): Promise<SessionStory> {
    return storyOf(this.site, this.tenant, id);
  }

  /** Types of what has arrived at the tenant, repetitions included. */
  received(): string[] {
    return this.site.receiver.received
      .filter(({ path }) => path === this.path)
      .map(({ event }) => event.type);
  }
}

/** Whether a request stays without an answer. */
export const isLost = (answer: Promise<unknown>): Promise<boolean> =>
  answer.then(
    () => false,
    () => true,
  );
