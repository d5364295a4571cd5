// Where the time of a creation goes, seen from outside: the product has no instruments of its own for this.
import { AsyncLocalStorage } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';
import { Session } from 'node:inspector/promises';
import { ApiKeyStrategy } from '../dist/src/auth/api-key.strategy.js';
import { CreateSession } from '../dist/src/sessions/create-session.js';
import { YotiTransport } from '../dist/src/yoti/transport.js';

/** What is known of the request that is being answered. */
const current = new AsyncLocalStorage();

/**
 * Watches the stages of a creation in this process. Call it before the server is made.
 *
 * @returns `begin()`, and `end()` with the mean milliseconds of each stage and the share of the processor by part
 */
export function startStages() {
  watch(ApiKeyStrategy, 'validate', 'key check');
  watch(CreateSession, 'prepare', 'transaction 1');
  watch(YotiTransport, 'json', 'Yoti');
  watch(CreateSession, 'record', 'transaction 2');
  let finished = [];
  watchRequests((stages) => finished.push(stages));
  const profiler = new Session();
  profiler.connect();
  return {
    begin: async () => {
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.start');
      finished = [];
      return {};
    },
    end: async () => {
      const { profile } = await profiler.post('Profiler.stop');
      return { milliseconds: meansOf(finished), processor: sharesOf(profile) };
    },
  };
}

/** Notes how long a method's promise takes. */
function watch({ prototype }, method, stage) {
  const original = prototype[method];
  prototype[method] = async function watched(...args) {
    const begun = performance.now();
    try {
      return await original.apply(this, args);
    } finally {
      const stages = current.getStore();
      if (stages) stages[stage] = performance.now() - begun;
    }
  };
}

/** From the request's headers to the end of its answer. */
function watchRequests(report) {
  const begun = new WeakMap();
  diagnostics.subscribe('http.server.request.start', ({ request }) => {
    const stages = {};
    begun.set(request, { at: performance.now(), stages });
    current.enterWith(stages);
  });
  diagnostics.subscribe('http.server.response.finish', ({ request }) => {
    const { at, stages } = begun.get(request);
    report({ ...stages, request: performance.now() - at });
  });
}

const STAGES = ['key check', 'transaction 1', 'Yoti', 'transaction 2'];

function meansOf(finished) {
  const meanOf = (stage) => finished.reduce((sum, of) => sum + (of[stage] ?? 0), 0) / finished.length;
  const means = Object.fromEntries(STAGES.map((stage) => [stage, meanOf(stage)]));
  const known = Object.values(means).reduce((sum, ms) => sum + ms, 0);
  const request = meanOf('request');
  return { ...means, 'everything else': request - known, 'the whole request': request };
}

/** Share of the profile's time by package, part of the product, and part of Node. */
function sharesOf({ nodes, samples, timeDeltas }) {
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const shares = {};
  const total = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  samples.forEach((id, index) => {
    const part = parts.get(id);
    shares[part] = (shares[part] ?? 0) + timeDeltas[index] / total;
  });
  return shares;
}

function partOf({ functionName, url }) {
  // Node's own native parts, such as writing to a socket and signing, have a name but no file.
  if (url === '') return functionName;
  const path = url.replace(/^.*\/node_modules\//, '');
  if (path !== url) return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
  const own = /\/dist\/src\/([^/]+)/.exec(url)?.[1];
  if (own) return `src/${own}`;
  return url.replace(/^node:internal\//, 'node:').split('/')[0];
}
