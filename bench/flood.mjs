// Sends creations at a rate, in a process of its own so that what others measure meanwhile isn't delayed by it. Counts
// every answer, and which refusals said when to come back.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

process.on('message', (question) => {
  void flood(question).then((answer) => process.send(answer));
});
process.once('disconnect', () => process.exit());
process.send({});

/** autocannon sends what belongs to a second at its beginning: so many of them begin one after the other within it. */
const PARTS = 20;

/** @param rate requests a second altogether; null for as many as the connections get through */
async function flood({ url, apiKey, seconds, connections, rate }) {
  const count = { statuses: {}, refusals: { all: 0, withRetryAfter: 0 } };
  const parts = rate === null ? 1 : PARTS;
  const options = {
    url: `${url}/v1/sessions`,
    method: 'POST',
    connections: Math.ceil(connections / parts),
    duration: seconds,
    ...(rate === null ? {} : { overallRate: Math.ceil(rate / parts) }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    setupClient: (client) => client.on('headers', (answer) => note(count, answer)),
  };
  const results = await Promise.all(
    Array.from({ length: parts }, async (_, part) => {
      await sleep((part * 1000) / parts);
      return autocannon({
        ...options,
        body: JSON.stringify({ policy: 'identity', reference: randomUUID() }),
      });
    }),
  );
  const sumOf = (value) => results.reduce((sum, result) => sum + value(result), 0);
  return {
    ...count,
    errors: sumOf(({ errors }) => errors),
    sent: sumOf(({ requests, duration }) => requests.sent / duration),
  };
}

function note({ statuses, refusals }, { statusCode, headers }) {
  statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
  if (statusCode !== 429 && statusCode !== 503) return;
  refusals.all += 1;
  if (headers.some((name) => String(name).toLowerCase() === 'retry-after')) refusals.withRetryAfter += 1;
}
