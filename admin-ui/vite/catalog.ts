import type { Plugin } from 'vite';
import { eventTypes } from '../../src/audit/event-types.js';
import { roles, scopes } from '../../src/auth/scopes.js';
import { reportedChecks, tasks } from '../../src/yoti/checks/index.js';
import { profileWords } from '../../src/yoti/identity-profile.words.js';
import { policyReference } from './policy-reference.js';

const MODULE = 'virtual:catalog';

/** Words for Yoti's checks, the scopes, roles and events, taken from the server's own definitions at build time. */
function catalog() {
  return {
    checks: Object.fromEntries(
      reportedChecks.map(({ type, title, description, subChecks, reasons }) => [
        type,
        { title, description, subChecks, reasons },
      ]),
    ),
    tasks: Object.fromEntries(tasks.map(({ type, title, description }) => [type, { title, description }])),
    policyReference: policyReference(),
    profiles: profileWords,
    scopes,
    roles,
    events: Object.fromEntries(Object.entries(eventTypes).map(([name, { summary }]) => [name, summary])),
  };
}

/** Provides the words as the module `virtual:catalog`, so that the console and the server can't disagree. */
export function catalogModule(): Plugin {
  const id = `\0${MODULE}`;
  return {
    name: 'catalog',
    resolveId: (source) => (source === MODULE ? id : undefined),
    load: (source) => (source === id ? `export default ${JSON.stringify(catalog())}` : undefined),
  };
}
