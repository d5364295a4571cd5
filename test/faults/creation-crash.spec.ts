import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../support/app.js';
import { expectInvariants } from '../support/invariants.js';
import { KillableSite } from '../support/killable-site.js';
import { isLost, MainJob } from '../support/main-job.js';
import type { SessionStory } from '../support/session-story.js';
import { creation } from '../support/yoti-gate.js';

/** Each starts servers and stops them in order. */
jest.setTimeout(120_000);

describe('I2 I3 the server is killed while it creates a session', () => {
  let site: KillableSite;
  let job: MainJob;
  let undisturbed: SessionStory;

  beforeAll(async () => {
    site = await KillableSite.start();
    undisturbed = await MainJob.undisturbed(site);
  });

  beforeEach(async () => {
    await site.ensureRunning();
    job = await MainJob.start(site);
  });

  afterEach(() => expectInvariants(site));

  afterAll(() => site.stop());

  it.each([
    ['row 1: killed before Yoti is asked: the key is in flight, then makes one session', 'request', 1],
    [
      'row 2: killed when Yoti has made a session: the key makes another, the interrupted one is told as failed',
      'answer',
      2,
    ],
  ] as const)('%s', async (_, where, madeAtYoti) => {
    const before = site.gate.creations;
    const held = where === 'request' ? site.gate.holdRequest(creation) : site.gate.holdAnswer(creation);
    const lost = isLost(job.create());
    await held.reached;
    await site.server.kill();
    // What is released before the gate has seen the end of the process would still go on to Yoti.
    await held.left;
    held.release();
    expect(await lost).toBe(true);
    await site.restart();

    expect(await job.create()).toMatchObject({ status: 409, body: { code: 'idempotency_in_flight' } });
    await site.sql(`UPDATE idempotency_keys SET locked_until = now() WHERE tenant_id = $1`, [job.tenant.id]);
    const session = await job.created();
    const again = await job.create();
    expect(again).toMatchObject({ status: 201, body: { id: session.id } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(site.gate.creations - before).toBe(madeAtYoti);

    await site.sweepCreations(job.tenant.id);
    const [interrupted] = await eventually(async () => {
      const failed = await job.list('?status=failed');
      return failed.length > 0 && failed;
    });
    expect(await job.story(interrupted.id as string)).toMatchObject({
      session: { status: 'failed', failureCode: 'creation_interrupted', nextSyncAt: null, leaseUntil: null },
      reviews: [],
      events: [{ sequence: 1, name: 'session.failed', deliveries: ['delivered'], bodies: 1 }],
      audit: ['system session.failed'],
    });
    expect(await job.list()).toHaveLength(2);

    await job.finish(session.id as string);
    expect(await job.story(session.id as string)).toEqual(undisturbed);
  });
});
