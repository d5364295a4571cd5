// How long it takes from Yoti's notification to the webhook that tells of it. See README.md.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { Agent } from 'undici';
import { startProcess } from './processes.mjs';
import { makeSessions, percentileOf, settingsOn, startDatabase, withEndings } from './site.mjs';

const RATE = 50;
const TENANTS = 4;
/** Of each tenant: the first ones warm up and don't count. */
const SESSIONS_PER_TENANT = 400;
const WARM_UP_SECONDS = 8;
const LONGEST_WAIT_MS = 30_000;

/**
 * Runs the measurement and prints it.
 *
 * @returns the median and the 99th percentile in milliseconds
 */
export const measureLatency = () =>
  withEndings(async (onEnd) => {
    const arrivals = new Map();
    const webhookUrl = await startReceiver(arrivals, onEnd);
    const standIn = await startProcess('yoti-stand-in.mjs');
    onEnd(standIn.stop);
    const settings = await settingsOn(await startDatabase(onEnd), [standIn.url]);
    const countersign = await startProcess('countersign.mjs', {
      ...settings,
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    });
    onEnd(countersign.stop);
    const sessions = [];
    for (let tenant = 0; tenant < TENANTS; tenant += 1) {
      const { targets, ids } = await makeSessions(countersign.url, standIn, SESSIONS_PER_TENANT, webhookUrl);
      targets.forEach((target, index) =>
        sessions.push({ target, id: ids[index], order: index * TENANTS + tenant }),
      );
    }
    sessions.sort((a, b) => a.order - b.order);
    return report(await announce(countersign.url, sessions, onEnd), arrivals);
  });

/** Notes when the webhook of a session's completion arrives. */
async function startReceiver(arrivals, onEnd) {
  const receive = async (request, response) => {
    const at = performance.now();
    const { data } = await json(request);
    response.end();
    if (!arrivals.has(data.sessionId)) arrivals.set(data.sessionId, at);
  };
  const server = createServer((request, response) => void receive(request, response));
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  onEnd(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

/** Sends one notification for each session at a constant rate, whatever becomes of it. */
async function announce(url, sessions, onEnd) {
  const dispatcher = new Agent({ connections: 64 });
  onEnd(() => dispatcher.destroy());
  const sent = [];
  const begun = performance.now();
  for (const [index, { target, id }] of sessions.entries()) {
    const wait = begun + (index * 1000) / RATE - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(send(dispatcher, url, target, id));
  }
  return (await Promise.all(sent)).slice(WARM_UP_SECONDS * RATE);
}

async function send(dispatcher, url, { path, headers, body }, id) {
  const at = performance.now();
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body, dispatcher });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`a notification was answered ${response.status}`);
  return { id, at, acknowledgedMs: performance.now() - at };
}

async function report(sent, arrivals) {
  const end = performance.now() + LONGEST_WAIT_MS;
  while (sent.some(({ id }) => !arrivals.has(id)) && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const missing = sent.filter(({ id }) => !arrivals.has(id)).length;
  if (missing > 0) throw new Error(`${missing} of ${sent.length} webhooks did not come`);
  const figures = {
    'notification acknowledged': sent.map(({ acknowledgedMs }) => acknowledgedMs),
    'webhook arrived': sent.map(({ id, at }) => arrivals.get(id) - at),
  };
  console.log(
    `${RATE} notifications each second, ${TENANTS} tenants, ${sent.length} counted; milliseconds:\n`,
  );
  console.log(
    `${''.padEnd(28)}${['p50', 'p95', 'p99', 'longest'].map((name) => name.padStart(10)).join('')}`,
  );
  for (const [name, times] of Object.entries(figures)) {
    const shown = [0.5, 0.95, 0.99, 1].map((share) => percentileOf(times, share).toFixed(1).padStart(10));
    console.log(`${name.padEnd(28)}${shown.join('')}`);
  }
  const times = figures['webhook arrived'];
  return { p50: percentileOf(times, 0.5), p99: percentileOf(times, 0.99) };
}
