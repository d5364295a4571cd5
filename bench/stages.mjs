// Where the time of a creation goes, seen from outside: the product has no instruments of its own for this.
import diagnostics from 'node:diagnostics_channel';
import { Session } from 'node:inspector/promises';
import { ApiKeyStrategy } from '../dist/src/auth/api-key.strategy.js';
import { CreateSession } from '../dist/src/sessions/create-session.js';
import { YotiTransport } from '../dist/src/yoti/transport.js';

/**
 * Watches the stages of a creation in this process. Call it before the server is made.
 *
 * @returns `begin()`, and `end()` with the mean milliseconds of each stage and the share of the processor by part
 */
export function startStages() {
  const sums = new Map();
  const add = (stage, ms) => sums.set(stage, (sums.get(stage) ?? 0) + ms);
  watch(ApiKeyStrategy, 'validate', 'key check', add);
  watch(CreateSession, 'prepare', 'transaction 1', add);
  watch(YotiTransport, 'json', 'Yoti', add);
  watch(CreateSession, 'record', 'transaction 2', add);
  let requests = 0;
  watchRequests((ms) => {
    requests += 1;
    add('request', ms);
  });
  const profiler = new Session();
  profiler.connect();
  return {
    begin: async () => {
      sums.clear();
      requests = 0;
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.start');
      return {};
    },
    end: async () => {
      const { profile } = await profiler.post('Profiler.stop');
      return { milliseconds: meansOf(sums, requests), processor: sharesOf(profile) };
    },
  };
}

/** Adds up how long a method's promises take. */
function watch({ prototype }, method, stage, add) {
  const original = prototype[method];
  prototype[method] = async function watched(...args) {
    const begun = performance.now();
    try {
      return await original.apply(this, args);
    } finally {
      add(stage, performance.now() - begun);
    }
  };
}

/** From the request's headers to the end of its answer. */
function watchRequests(report) {
  const begun = new WeakMap();
  diagnostics.subscribe('http.server.request.start', ({ request }) => begun.set(request, performance.now()));
  diagnostics.subscribe('http.server.response.finish', ({ request }) => {
    report(performance.now() - begun.get(request));
  });
}

function meansOf(sums, requests) {
  const { request = 0, ...stages } = Object.fromEntries([...sums].map(([name, ms]) => [name, ms / requests]));
  const known = Object.values(stages).reduce((sum, ms) => sum + ms, 0);
  return { ...stages, 'everything else': request - known, request };
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
  if (url === '') return functionName.startsWith('(') ? functionName : 'V8 built-ins';
  const path = url.replace(/^.*\/node_modules\//, '');
  if (path !== url) return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
  const own = /\/dist\/src\/([^/]+)/.exec(url)?.[1];
  if (own) return `src/${own}`;
  return url.replace(/^node:internal\//, 'node:').split('/')[0];
}
