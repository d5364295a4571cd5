// Sends creations at a rate, in a process of its own so that what others measure meanwhile isn't delayed by it. Counts
// every answer, and which refusals said when to come back.
import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';

process.on('message', (question) => {
  void flood(question).then((answer) => process.send(answer));
});
process.once('disconnect', () => process.exit());
process.send({});

/** @param rate requests a second altogether; null for as many as the connections get through */
async function flood({ url, apiKey, seconds, connections, rate }) {
  const statuses = {};
  const refusals = { all: 0, withRetryAfter: 0 };
  const instance = autocannon({
    url: `${url}/v1/sessions`,
    method: 'POST',
    connections,
    duration: seconds,
    ...(rate === null ? {} : { overallRate: rate }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ policy: 'identity', reference: randomUUID() }),
    setupClient: (client) => {
      client.on('headers', ({ statusCode, headers }) => {
        statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
        if (statusCode !== 429 && statusCode !== 503) return;
        refusals.all += 1;
        if (headers.some((name) => String(name).toLowerCase() === 'retry-after'))
          refusals.withRetryAfter += 1;
      });
    },
  });
  const { requests, duration, errors } = await instance;
  return { statuses, refusals, errors, sent: requests.sent / duration };
}
