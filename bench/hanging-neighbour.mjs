// How long one tenant's creations take while another tenant's Yoti hangs, and while it doesn't. See README.md.
import { randomUUID } from 'node:crypto';
import { Agent } from 'undici';
import { startProcess } from './processes.mjs';
import { countersignSettings, makeTenant, medianOf, newYotiApp, percentileOf, withEndings } from './site.mjs';

const CALLERS = 4;
const ROUNDS = 6;
const ROUND_SECONDS = 6;
const WARM_UP_SECONDS = 8;
/** What the neighbour sends each second, whatever becomes of it. */
const NEIGHBOUR_RATE = 20;
/** What is left of it is the work of refusing the neighbour's calls. */
const MAX_RATIO = 1.2;

/**
 * Runs the comparison and prints it.
 *
 * @returns whether the ratio of the medians, with a hanging neighbour over without, is below 1.2
 */
export const compareNeighbours = () =>
  withEndings(async (onEnd) => {
    const { url, apiKey, neighbours } = await start(onEnd);
    const agent = new Agent({ connections: CALLERS + 1000 });
    onEnd(() => agent.destroy());
    const create = (key) => createSession(agent, url, key);
    await measure(() => create(apiKey), WARM_UP_SECONDS);
    return runRounds(create, apiKey, neighbours);
  });

async function start(onEnd) {
  const [answering, hanging] = await Promise.all([
    startProcess('yoti-stand-in.mjs'),
    startProcess('yoti-stand-in.mjs'),
  ]);
  onEnd(answering.stop);
  onEnd(hanging.stop);
  const settings = await countersignSettings([answering.url, hanging.url], onEnd);
  const { url, stop } = await startProcess('countersign.mjs', settings);
  onEnd(stop);
  const apiKey = await makeTenant(url, { ...newYotiApp(), apiUrl: answering.url });
  // A new neighbour for each round: what is known to hang is called no more, which would make it too easy.
  const neighbours = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    neighbours.push(await makeTenant(url, { ...newYotiApp(), apiUrl: hanging.url }));
  }
  await hanging.ask('hang');
  return { url, apiKey, neighbours };
}

async function createSession(dispatcher, url, apiKey) {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    dispatcher,
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${apiKey}`,
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ policy: 'identity', reference: 'customer-4711' }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function runRounds(create, apiKey, neighbours) {
  console.log(`${CALLERS} callers; milliseconds of a creation, median and 95th percentile of each round:\n`);
  console.log('round       without a neighbour       with a hanging one   (what became of its calls)');
  const medians = { without: [], with: [] };
  for (const [index, neighbour] of neighbours.entries()) {
    const shown = {};
    // Every other round the other way round, so that whatever changes with time meets both.
    for (const side of index % 2 === 0 ? ['without', 'with'] : ['with', 'without']) {
      const load = side === 'with' ? startLoad(() => create(neighbour)) : null;
      const times = await measure(() => create(apiKey), ROUND_SECONDS);
      // What still hangs belongs to this side, and must be over before the other.
      if (load) shown.answers = await load.end();
      medians[side].push(medianOf(times));
      shown[side] = `${medianOf(times).toFixed(1)} / ${percentileOf(times, 0.95).toFixed(1)}`.padStart(25);
    }
    console.log(`${String(index + 1).padEnd(6)}${shown.without}${shown.with}   (${shown.answers})`);
  }
  const [without, withOne] = [medianOf(medians.without), medianOf(medians.with)];
  const ratio = withOne / without;
  console.log(`median${without.toFixed(1).padStart(17)}${withOne.toFixed(1).padStart(25)}`);
  console.log(
    `\nratio of medians, with a hanging neighbour to without: ${ratio.toFixed(2)} (below ${MAX_RATIO})`,
  );
  return ratio < MAX_RATIO;
}

/** Creates sessions for as long as this. @returns the milliseconds of each */
async function measure(create, seconds) {
  const times = [];
  const end = performance.now() + seconds * 1000;
  const call = async () => {
    while (performance.now() < end) {
      const begun = performance.now();
      const status = await create();
      if (status !== 201) throw new Error(`A creation was answered with ${status}`);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return times;
}

/** Sends at a constant rate. `end()` stops, waits for every answer and says how many of which there were. */
function startLoad(create) {
  const calls = [];
  const timer = setInterval(() => calls.push(create()), 1000 / NEIGHBOUR_RATE);
  return {
    end: async () => {
      clearInterval(timer);
      const counts = {};
      for (const status of await Promise.all(calls)) counts[status] = (counts[status] ?? 0) + 1;
      return Object.entries(counts)
        .map(([status, count]) => `${count} × ${status}`)
        .join(', ');
    },
  };
}
