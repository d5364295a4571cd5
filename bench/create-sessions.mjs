// Creates sessions through Countersign and through a plain integration of the SDK, in turns. See README.md.
import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import { startProcess } from './processes.mjs';
import { countersignSettings, makeTenant, medianOf, newYotiApp, withEndings } from './site.mjs';

const CALLERS = 16;
const ROUNDS = 5;
const ROUND_SECONDS = 5;
/** V8 compiles what it has seen often; the bigger program takes longer. */
const WARM_UP_SECONDS = 8;

/**
 * Runs the comparison and prints it.
 *
 * @returns the ratio of the medians: Countersign's rate over the plain integration's
 */
export const compareCreation = () =>
  withEndings(async (onEnd) => {
    const { countersign, plain, startWithStages } = await start(onEnd);
    const ratio = await runRounds(countersign, plain);
    await countersign.stop();
    printStages(await measureStages(await startWithStages()));
    return ratio;
  });

async function start(onEnd) {
  const yotiApp = newYotiApp();
  const standIn = await startProcess('yoti-stand-in.mjs');
  onEnd(standIn.stop);
  const plain = await startProcess('express-baseline.mjs', {
    YOTI_URL: standIn.url,
    YOTI_SDK_ID: yotiApp.sdkId,
    YOTI_PEM: yotiApp.privateKeyPem,
  });
  onEnd(plain.stop);
  const settings = await countersignSettings([standIn.url], onEnd);
  const startServer = async (change) => {
    const server = await startProcess('countersign.mjs', { ...settings, ...change });
    onEnd(server.stop);
    return server;
  };
  const countersign = await startServer({});
  const apiKey = await makeTenant(countersign.url, { ...yotiApp, apiUrl: standIn.url });
  return {
    plain: { name: 'plain', request: plainRequest(plain.url) },
    countersign: {
      name: 'Countersign',
      request: countersignRequest(countersign.url, apiKey),
      stop: countersign.stop,
    },
    startWithStages: async () => {
      const server = await startServer({ STAGES: '1' });
      return { server, request: countersignRequest(server.url, apiKey) };
    },
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

const plainRequest = (url) => ({
  url: `${url}/sessions`,
  requests: [{ method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ reference: 'customer-4711' }) }],
});

/** Every request has an idempotency key of its own, as the documentation asks callers to send. */
const countersignRequest = (url, apiKey) => ({
  url: `${url}/v1/sessions`,
  requests: [
    {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ policy: 'identity', reference: 'customer-4711' }),
      setupRequest: (request) => ({
        ...request,
        headers: { ...request.headers, 'idempotency-key': randomUUID() },
      }),
    },
  ],
});

async function runRounds(...sides) {
  for (const { request } of sides) await load(request, WARM_UP_SECONDS);
  console.log(`${CALLERS} callers, sessions created each second:\n`);
  console.log(`round  ${sides.map(({ name }) => name.padStart(12)).join('')}`);
  const rates = sides.map(() => []);
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [index, { request }] of sides.entries()) rates[index].push(await load(request, ROUND_SECONDS));
    console.log(`${String(round).padEnd(7)}${rates.map((of) => shown(of.at(-1))).join('')}`);
  }
  const medians = rates.map(medianOf);
  const ratio = medians[0] / medians[1];
  console.log(`median ${medians.map(shown).join('')}`);
  console.log(`\nratio of medians, Countersign to plain: ${ratio.toFixed(2)}`);
  return ratio;
}

const shown = (rate) => rate.toFixed(0).padStart(12);

/** @returns sessions created each second @throws Error when a request failed */
async function load(request, seconds) {
  const result = await autocannon({ ...request, connections: CALLERS, duration: seconds });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests to ${result.url} failed`);
  return result['2xx'] / result.duration;
}

async function measureStages({ server, request }) {
  await load(request, WARM_UP_SECONDS);
  await server.ask('begin');
  await load(request, ROUND_SECONDS);
  return server.ask('end');
}

const SMALL = 0.01;

function printStages({ milliseconds, processor }) {
  console.log(
    `\nCountersign, mean milliseconds of a request by stage (${CALLERS} at once wait for each other):\n`,
  );
  for (const [stage, ms] of Object.entries(milliseconds)) console.log(row(stage, ms.toFixed(2)));
  console.log("\nCountersign's main thread, share of its time by part:\n");
  const shares = Object.entries(processor).toSorted(([, a], [, b]) => b - a);
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  for (const [part, share] of shares.filter(([, of]) => of >= SMALL)) console.log(row(part, percent(share)));
  const rest = shares.filter(([, of]) => of < SMALL).reduce((sum, [, of]) => sum + of, 0);
  console.log(row('the rest', percent(rest)));
}

const row = (name, value) => `${name.padEnd(24)}${value.padStart(10)}`;
