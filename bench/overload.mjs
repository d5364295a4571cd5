// What becomes of a tenant's calls, and of the server, while another tenant sends four times what it can take. See README.md.
import { randomUUID } from 'node:crypto';
import { Agent } from 'undici';
import { startProcess } from './processes.mjs';
import { countersignSettings, makeTenant, newYotiApp, withEndings } from './site.mjs';

const FACTOR = 4;
const CONNECTIONS = 16;
/** Enough for a flood whose every answer took a second. */
const FLOOD_CONNECTIONS = 400;
const SECONDS = { warmUp: 6, capacity: 8, alone: 20, normal: 20, overload: 20, after: 8 };
/** Calls a second of the tenant that keeps quiet: a thousand in all, so that the 99th percentile is not a single one. */
const QUIET_RATE = 50;
const MAX_RATIO = 2;
/** All of it takes a minute and three quarters; a call that gets no answer by then never gets one. */
const DEADLINE_SECONDS = 300;
const CALL_SECONDS = 30;

/**
 * Drives the server into overload and prints how it fared.
 *
 * @returns whether it shed with Retry-After only, the quiet tenant was served, and its p99 stayed below twice the baseline
 */
export const overload = () => withEndings((onEnd) => withinDeadline(drive(onEnd)));

async function drive(onEnd) {
  const site = await start(onEnd);
  await site.flood(SECONDS.warmUp, null, CONNECTIONS);
  const { statuses } = await site.flood(SECONDS.capacity, null, CONNECTIONS);
  const sustainable = Math.round((statuses[201] ?? 0) / SECONDS.capacity);
  console.log(`sustainable: ${sustainable} creations a second (${CONNECTIONS} callers that wait)`);

  const memory = { before: await site.memory() };
  const alone = await site.quietFor(SECONDS.alone);
  const normal = await site.quietDuring(SECONDS.normal, Math.round(sustainable / 2), CONNECTIONS);
  const peak = site.watchMemory();
  const loaded = await site.quietDuring(SECONDS.overload, sustainable * FACTOR, FLOOD_CONNECTIONS);
  memory.peak = await peak.end();
  const recovery = await site.recover();
  const after = await site.quietFor(SECONDS.after);
  memory.after = await site.memory();
  return report({ sustainable, alone, normal, loaded, after, memory, recovery });
}

/** @throws Error after the deadline, so that everything is stopped however it hangs */
async function withinDeadline(run) {
  let timer;
  const late = new Promise((_, reject) => {
    const error = new Error(`The benchmark has not ended within ${DEADLINE_SECONDS} seconds.`);
    timer = setTimeout(() => reject(error), DEADLINE_SECONDS * 1000);
  });
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}

function report({ sustainable, alone, normal, loaded, after, memory, recovery }) {
  const { flood } = loaded;
  console.log(
    `overload: ${FACTOR} × = ${sustainable * FACTOR} a second wanted, ${Math.round(flood.sent)} sent for ${SECONDS.overload} s`,
  );
  console.log(`  answers to the flood: ${shown(flood.statuses)}; ${flood.errors} without an answer`);
  console.log(`  refusals with Retry-After: ${flood.refusals.withRetryAfter} of ${flood.refusals.all}`);
  console.log('the other tenant      calls  answers            median     p99 (ms)');
  for (const [name, { times, statuses }] of Object.entries({
    alone,
    'at half the rate': normal,
    'under overload': loaded,
    afterwards: after,
  })) {
    console.log(
      `  ${name.padEnd(18)}${String(times.length).padStart(7)}  ${shown(statuses).padEnd(16)}` +
        `${percentile(times, 0.5).toFixed(1).padStart(9)}${percentile(times, 0.99).toFixed(1).padStart(12)}`,
    );
  }
  const p99 = percentile(loaded.times, 0.99);
  const ratios = { alone: p99 / percentile(alone.times, 0.99), normal: p99 / percentile(normal.times, 0.99) };
  console.log(
    `  p99 under overload: ${ratios.alone.toFixed(2)} × alone, ${ratios.normal.toFixed(2)} × next to half the rate`,
  );
  console.log(
    `memory: ${megabytes(memory.before)} before, ${megabytes(memory.peak)} at most, ${megabytes(memory.after)} afterwards`,
  );
  console.log(`the flooding tenant was served again ${recovery.toFixed(0)} ms after the flood`);
  const holds =
    flood.errors === 0 &&
    flood.refusals.all > 0 &&
    flood.refusals.withRetryAfter === flood.refusals.all &&
    Object.keys(loaded.statuses).join() === '201' &&
    ratios.normal < MAX_RATIO;
  console.log(holds ? 'It holds.' : 'It does not hold.');
  return holds;
}

async function start(onEnd) {
  const yoti = await startProcess('yoti-stand-in.mjs');
  onEnd(yoti.stop);
  const settings = await countersignSettings([yoti.url], onEnd);
  const { url, stop } = await startProcess('countersign.mjs', { ...settings, LOG_LEVEL: 'warn' });
  onEnd(stop);
  const flooder = await startProcess('flood.mjs');
  onEnd(flooder.stop);
  const [loud, quiet] = [
    await makeTenant(url, { ...newYotiApp(), apiUrl: yoti.url }),
    await makeTenant(url, { ...newYotiApp(), apiUrl: yoti.url }),
  ];
  const agent = new Agent({ connections: 100 });
  onEnd(() => agent.destroy());
  return siteOf({ url, agent, flooder, loud, quiet });
}

function siteOf({ url, agent, flooder, loud, quiet }) {
  const memory = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  };
  const flood = (seconds, rate, connections) =>
    flooder.ask({ url, apiKey: loud, seconds, connections, rate });
  const quietFor = (seconds) => measure(() => create(agent, url, quiet), seconds);
  return {
    memory,
    flood,
    quietFor,
    /** The quiet tenant's calls while the other one sends; the first second is the flood's beginning, and counts. */
    quietDuring: async (seconds, rate, connections) => {
      const flooded = flood(seconds, rate, connections);
      const measured = await quietFor(seconds);
      return { ...measured, flood: await flooded };
    },
    watchMemory: () => {
      let highest = 0;
      const look = async () => {
        highest = Math.max(highest, await memory());
      };
      const timer = setInterval(() => void look().catch(() => undefined), 500);
      return {
        end: async () => {
          clearInterval(timer);
          await look();
          return highest;
        },
      };
    },
    /** @returns milliseconds until the flooding tenant's next creation was taken */
    recover: async () => {
      const begun = performance.now();
      while ((await create(agent, url, loud)).status !== 201)
        await new Promise((resolve) => setTimeout(resolve, 20));
      return performance.now() - begun;
    },
  };
}

async function create(dispatcher, url, apiKey) {
  const begun = performance.now();
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    dispatcher,
    signal: AbortSignal.timeout(CALL_SECONDS * 1000),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${apiKey}`,
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ policy: 'identity', reference: 'customer-4711' }),
  });
  await response.arrayBuffer();
  return { status: response.status, ms: performance.now() - begun };
}

/** Calls at a constant rate, whatever becomes of the calls before. */
async function measure(call, seconds) {
  const calls = [];
  const timer = setInterval(() => calls.push(call()), 1000 / QUIET_RATE);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  clearInterval(timer);
  const answers = await Promise.all(calls);
  const statuses = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  return { times: answers.map(({ ms }) => ms), statuses };
}

const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)];
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
const shown = (statuses) =>
  Object.entries(statuses)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');
