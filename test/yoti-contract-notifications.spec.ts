import { afterAll, describe, expect, it } from '@jest/globals';
import yoti from 'yoti';
import { finishAsAgent, notificationReceiver, simulatedYoti } from './support/simulated-yoti.js';
import { specification, yotiContract } from './support/yoti-contract.js';

type Notifications = InstanceType<typeof yoti.NotificationConfigBuilder>;

const ALL_TOPICS = [
  'RESOURCE_UPDATE',
  'TASK_COMPLETION',
  'CHECK_COMPLETION',
  'SESSION_COMPLETION',
  'CLIENT_SESSION_TOKEN_DELETED',
];

const contract = yotiContract();

const subscribed = (endpoint: string, configure: (b: Notifications) => unknown) => {
  const notifications = new yoti.NotificationConfigBuilder().withEndpoint(endpoint);
  configure(notifications);
  return specification((builder) => builder.withNotifications(notifications.build()));
};
const everything = (b: Notifications) => {
  b.withAuthToken('n_8c1f').withAuthTypeBearer();
  for (const topic of ALL_TOPICS) b.withTopic(topic);
};

describe('notifications', () => {
  afterAll(() => contract.simulator().setNotificationKnobs({}));

  it('announces every topic in order, with the token and the ids that belong to it', async () => {
    const receiver = await notificationReceiver();
    const { id, result } = await contract.complete({ spec: subscribed(receiver.endpoint, everything) });
    receiver.close();
    const bodies = receiver.received.map(({ body }) => body);
    expect(bodies.map(({ topic }) => topic)).toEqual([
      'resource_update',
      'task_completion',
      'resource_update',
      'resource_update',
      'check_completion',
      'client_session_token_deleted',
      'check_completion',
      'check_completion',
      'session_completion',
    ]);
    expect(bodies.every((body) => body['session_id'] === id)).toBe(true);
    expect(receiver.received.every(({ headers }) => headers.authorization === 'Bearer n_8c1f')).toBe(true);
    const done = new Set(result.getChecks().map((check) => check.getId()));
    const announced = bodies.flatMap((body) => (body['check_id'] === undefined ? [] : [body['check_id']]));
    expect(new Set(announced)).toEqual(done);
  });

  it('sends only subscribed topics, whatever their case, and Basic by default', async () => {
    const receiver = await notificationReceiver();
    await contract.complete({
      spec: subscribed(receiver.endpoint, (b) =>
        b.withAuthToken('user:pass').withTopic('session_completion'),
      ),
    });
    receiver.close();
    expect(receiver.received.map(({ body }) => body['topic'])).toEqual(['session_completion']);
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${btoa('user:pass')}`);
  });

  it('tries again with growing pauses until it is accepted, and keeps the answers', async () => {
    const receiver = await notificationReceiver((count) => (count < 3 ? 503 : 200));
    const { id } = await contract.complete({
      spec: subscribed(receiver.endpoint, (b) => b.forSessionCompletion()),
    });
    await contract.simulator().advanceClock(1);
    await contract.simulator().advanceClock(2);
    receiver.close();
    const [logged] = contract
      .simulator()
      .notifications()
      .filter(({ sessionId }) => sessionId === id);
    expect(logged).toMatchObject({ state: 'delivered' });
    expect(logged?.attempts.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  it('duplicates, drops, reorders, delays and forges on request', async () => {
    const receiver = await notificationReceiver();
    const spec = subscribed(receiver.endpoint, everything);
    const topics = async () => {
      receiver.received.length = 0;
      await contract.complete({ spec });
      return receiver.received.map(({ body }) => body['topic']);
    };
    contract.simulator().setNotificationKnobs({ duplicate: 1, drop: ['resource_update'] });
    const doubled = await topics();
    expect(doubled.filter((topic) => topic === 'session_completion')).toHaveLength(2);
    expect(doubled).not.toContain('resource_update');
    contract.simulator().setNotificationKnobs({ reorder: true, delay: 60, badAuth: true });
    expect(await topics()).toEqual([]);
    await contract.simulator().advanceClock(60);
    expect(receiver.received[0]?.body['topic']).toBe('session_completion');
    expect(receiver.received[0]?.headers.authorization).toBe('Bearer wrong');
    receiver.close();
  });

  it('asks what becomes of each copy of each notification, where a draw is given', async () => {
    const receiver = await notificationReceiver();
    const drawn: string[] = [];
    const { simulator, app } = await simulatedYoti({
      drawNotification: ({ topic }) => {
        drawn.push(topic);
        return drawn.length === 1 ? [true, false, true] : [false];
      },
    });
    const session = await app.client.createSession(subscribed(receiver.endpoint, everything));
    const token = session.getClientSessionToken();
    await finishAsAgent(simulator, app, { id: session.getSessionId(), token });
    await simulator.advanceClock(5);
    const logged = simulator.notifications();
    await simulator.close();
    receiver.close();
    expect(receiver.received.map(({ body }) => body['topic'])).toEqual([
      'resource_update',
      'resource_update',
    ]);
    expect(logged.slice(0, 3).map(({ copy, state }) => [copy, state])).toEqual([
      [undefined, 'delivered'],
      [1, 'dropped'],
      [2, 'delivered'],
    ]);
    expect(logged.slice(3).every(({ state }) => state === 'dropped')).toBe(true);
    expect(logged).toHaveLength(drawn.length + 2);
  });

  it('says nothing about expiry', async () => {
    const receiver = await notificationReceiver();
    contract.simulator().setNotificationKnobs({});
    await contract.create(subscribed(receiver.endpoint, everything));
    await contract.simulator().advanceClock(1000);
    receiver.close();
    expect(receiver.received).toEqual([]);
  });
});
